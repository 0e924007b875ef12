import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { twohopKey } from '@twohop/sdk/react';
import { onAuthStateChanged } from 'firebase/auth';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { auth } from './twohop.ts';

const queries = new QueryClient();
/** What one user has seen is not the next one's. */
onAuthStateChanged(auth, () => queries.removeQueries({ queryKey: twohopKey }));

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
