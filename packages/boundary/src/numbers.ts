/** A fraction in percent, without decimals where it is not near a whole. */
export function percent(fraction: number): string {
  return `${String(Number((100 * fraction).toFixed(fraction > 0.9 && fraction < 1 ? 1 : 0)))} %`;
}

/** How many times: `4.2×`. */
export function ratio(value: number): string {
  return `${value.toFixed(1)}×`;
}
