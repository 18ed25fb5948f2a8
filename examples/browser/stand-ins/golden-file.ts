// Golden files in a page: asked for from the server that the page comes from. A worker may wait for an answer.

/** The bytes of a golden file. */
export const goldenFile = (name: string): Uint8Array => {
  const request = new XMLHttpRequest()
  request.open('GET', `/golden/${name}`, false)
  request.responseType = 'arraybuffer'
  request.send()
  if (request.status !== 200) throw new Error(`/golden/${name}: ${request.status}`)
  return new Uint8Array(request.response)
}
