/** What the build writes into the code. Everything in it is public: whoever installs the extension can read it. */
export interface AppSettings {
  /** Origin of the server: `https://api.example.com`. */
  readonly serverUrl: string;
  /** Origins of others, with the same Firebase project, that the user may choose instead. */
  readonly otherServers: readonly string[];
  readonly firebase: { readonly apiKey: string; readonly projectId: string };
  readonly google: GoogleClients | null;
  /** Origins of the emulators, in development only. */
  readonly emulators: { readonly auth: string; readonly firestore: string } | null;
}

/** OAuth clients of the Firebase project. Without them nobody is offered to sign in with Google. */
export interface GoogleClients {
  /** Of the type "web application", with the redirect address of each browser's build. */
  readonly webId: string;
  /** Of the type "Chrome extension": Chrome then uses the account that it is signed in to itself. */
  readonly chromeId: string | null;
}
