/** What we use of it: it has no types of its own. */
declare module 'addons-linter' {
  interface Message {
    readonly code: string;
    readonly message: string;
    readonly file?: string;
  }
  interface Options {
    readonly config: { readonly _: readonly string[]; readonly logLevel: string; readonly output: string };
    readonly runAsBinary: false;
  }
  const linter: {
    createInstance(options: Options): { run(): Promise<{ errors: readonly Message[]; warnings: readonly Message[] }> };
  };
  export default linter;
}
