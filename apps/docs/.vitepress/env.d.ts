/** Vite turns an imported picture into its address. */
declare module '*.svg' {
  const address: string;
  export default address;
}

/** Of a file that is fetched when it is needed. */
declare module '*?url' {
  const address: string;
  export default address;
}
