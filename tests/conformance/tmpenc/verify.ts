export function verifyGraph() {}
