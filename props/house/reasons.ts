// Files of more than 200 lines and functions of more than 40, with the reason for each. There are none today.

/** The reason for each file, by its path, and for each function, by its path and name. */
export const reasons: Readonly<Record<string, string>> = {}
