// Words as people see them.

// What turns the direction of all that follows, so that a name can pass for another.
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

/** Return text in which nothing turns the words around it; what the page sends back stays as it is. */
export function plain(text) {
  return typeof text === "string" ? text.replace(TURNING, "\ufffd") : text;
}
