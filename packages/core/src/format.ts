/** A fraction as percent: `0.98765` → `98.77 %`; a dash for null. */
export function percent(fraction: number | null, digits = 2): string {
  return fraction === null || Number.isNaN(fraction) ? '–' : `${(fraction * 100).toFixed(digits)} %`;
}

/** A whole number with thousands separators: `1234567` → `1,234,567`. */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Multiply-accumulates in short form: `1140480` → `1.14 M`. */
export function shortMacs(macs: number | null): string {
  return macs === null ? '–' : shortNumber(macs);
}

/** A large number with three digits and a unit: `40813184` → `40.8 M`. */
export function shortNumber(value: number): string {
  for (const [unit, size] of [
    ['T', 1e12],
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    // 999,500 is written 1.00 M, not 1000 k.
    if (Math.abs(value) >= size * 0.9995) return `${(value / size).toPrecision(3)} ${unit}`;
  }
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}

/** An energy with three digits: `2.41 µJ`, `13.0 mJ`. */
export function energy(microjoules: number): string {
  const [unit, size] =
    (
      [
        ['J', 1e6],
        ['mJ', 1e3],
        ['µJ', 1],
      ] as const
    ).find(([, least]) => microjoules >= least * 0.9995) ?? (['nJ', 1e-3] as const);
  return `${(microjoules / size).toPrecision(3)} ${unit}`;
}

/** Bytes with a binary unit: `1536` → `1.5 KiB`. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let rest = value;
  while (rest >= 1024 && unit < units.length - 1) {
    rest /= 1024;
    unit++;
  }
  return `${unit === 0 ? String(rest) : rest.toFixed(1)} ${units[unit] ?? ''}`;
}

/** A time span for people: `8.3 s`, `1 min 05 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const pad = (value: number): string => String(value).padStart(2, '0');
  if (whole < 3600) return `${String(Math.floor(whole / 60))} min ${pad(whole % 60)} s`;
  return `${String(Math.floor(whole / 3600))} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}

/** `1 exit`, `2 exits`. */
export function plural(number: number, noun: string, many = `${noun}s`): string {
  return `${count(number)} ${number === 1 ? noun : many}`;
}

/** An interval of fractions: `98.57 to 99.15 %`. */
export function percentInterval({ low, high }: Interval): string {
  return `${(low * 100).toFixed(2)} to ${percent(high)}`;
}

/** An interval of ratios: `4.60 to 4.73×`. */
export function ratioInterval({ low, high }: Interval): string {
  return `${low.toFixed(2)} to ${high.toFixed(2)}×`;
}

/** A drop of a fraction in percentage points: `0.03 points below`; a negative drop is a gain. */
export function pointsBelow(drop: number): string {
  return `${Math.abs(drop * 100).toFixed(2)} points ${drop >= 0 ? 'below' : 'above'}`;
}

/** An interval of drops in percentage points: `from 0.61 points below to 1.26 points below`. */
export function pointsInterval({ low, high }: Interval): string {
  return `from ${pointsBelow(low)} to ${pointsBelow(high)}`;
}

/** Two bounds. */
interface Interval {
  readonly low: number;
  readonly high: number;
}
