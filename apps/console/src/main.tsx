import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './console.css';
import { openSession } from './session.ts';

const place = document.getElementById('root');
if (!place) throw new Error('index.html has no #root');
const root = createRoot(place);

try {
  const session = await openSession();
  const queries = new QueryClient();
  // What one has seen is not the next one's.
  session.auth.onAuthStateChanged(() => queries.clear());
  root.render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <App session={session} />
      </QueryClientProvider>
    </StrictMode>,
  );
} catch (error) {
  root.render(
    <main className="alone">
      <h1>The console cannot start</h1>
      <p role="alert">{error instanceof Error ? error.message : String(error)}</p>
    </main>,
  );
}
