import { useEffect, useState } from 'react';
import { onServerChange, serverUrl } from '../../platform/server.ts';

/** Origin of the server in use, or null for a moment. */
export const useServer = (): string | null => {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const look = () => void serverUrl().then(setUrl);
    look();
    return onServerChange(look);
  }, []);
  return url;
};
