/** One value that the browser keeps. */
export interface Store<T> {
  read(): Promise<T | null>;
  write(value: T): Promise<void>;
  clear(): Promise<void>;
  /** Told of each change, also by another view. Returns what ends it. */
  onChange(look: () => void): () => void;
}

type Area = 'session' | 'local';

/** @param version raise it when the shape of the value changes: an update must not read what an older version wrote */
const store =
  (area: Area) =>
  <T>(name: string, version: number): Store<T> => {
    const key = `${name}.${version}`;
    return {
      read: async () => ((await chrome.storage[area].get(key))[key] as T | undefined) ?? null,
      write: (value) => chrome.storage[area].set({ [key]: value }),
      clear: () => chrome.storage[area].remove(key),
      onChange: (look) => {
        const listener = (changes: object): void => {
          if (key in changes) look();
        };
        chrome.storage[area].onChanged.addListener(listener);
        return () => chrome.storage[area].onChanged.removeListener(listener);
      },
    };
  };

/** In the browser's memory: it outlives popup and worker, and is gone with the browser. */
export const sessionStore = store('session');
/** On the disk of this device. */
export const localStore = store('local');
