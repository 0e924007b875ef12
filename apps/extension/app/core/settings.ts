/** What the build writes into the code. Everything in it is public: whoever installs the extension can read it. */
export interface AppSettings {
  /** Origin of the server: `https://api.example.com`. */
  readonly serverUrl: string;
  readonly firebase: { readonly apiKey: string; readonly projectId: string };
  /** Origin of the Auth emulator, in development only. */
  readonly authEmulatorUrl: string | null;
}
