/** One value in the browser's memory: it outlives popup and worker, and is gone with the browser. */
export interface SessionStore<T> {
  read(): Promise<T | null>;
  write(value: T): Promise<void>;
}

/** @param version raise it when the shape of the value changes: an update must not read what an older version wrote */
export const sessionStore = <T>(name: string, version: number): SessionStore<T> => {
  const key = `${name}.${version}`;
  return {
    read: async () => ((await chrome.storage.session.get(key))[key] as T | undefined) ?? null,
    write: (value) => chrome.storage.session.set({ [key]: value }),
  };
};
