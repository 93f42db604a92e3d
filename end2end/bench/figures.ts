/** Of an uneven count of measurements, the one in the middle. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("nothing was measured");
  return middle;
}

/** One line of the table that `make bench` prints. */
export function row(what: string, ours: string, beside: string): void {
  console.log(`${what.padEnd(52)} ${ours.padStart(34)}   ${beside}`);
}

export const millis = (value: number) => `${value.toFixed(0)} ms`;
