/** How the picture looks. Blue and vermilion are Okabe and Ito's. */
export const palette = {
  paper: '#ffffff',
  frame: '#c9d2dc',
  ink: '#1d2733',
  soft: '#55616e',
  first: '#0072b2',
  last: '#d55e00',
  easy: '#eef5fa',
  hard: '#fdf0e4',
  hatch: '#f8dcc4',
  wrong: '#111111',
  title: { 'font-size': 25, 'font-weight': 700, fill: '#1d2733' },
  subtitle: { 'font-size': 14.5, fill: '#55616e' },
  firstEdge: '#00507d',
  lastEdge: '#8f3f00',
  firstLine: { 'stroke-width': 3, 'stroke-dasharray': '9 6' },
  lastLine: { 'stroke-width': 3 },
} as const;
