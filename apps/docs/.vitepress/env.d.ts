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

interface ImportMeta {
  readonly env: { readonly BASE_URL: string };
  /** Vite's: every file of a pattern, by its path. */
  glob<Content>(
    pattern: string,
    options: { readonly eager: true; readonly import: 'default'; readonly query?: string },
  ): Readonly<Record<string, Content>>;
}
