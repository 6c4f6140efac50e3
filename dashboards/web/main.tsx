import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Frame } from './shell/frame.tsx';
import { queryOf, ReadError } from './shell/read.ts';
import { fetchAllPages } from './shell/page-file.tsx';
import { fetchPage, Pages } from './shell/pages.tsx';
import './tokens.css';
import './parts/base.css';
import './parts/blocks.css';
import './parts/controls.css';
import './parts/tables.css';
import './shell/shell.css';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // A server that asks for a key would only ask again; what is not there does not come by asking twice.
      retry: (failures, error) =>
        failures < 1 && !(error instanceof ReadError && (error.wantsKey || error.isAbsent)),
      staleTime: 5_000,
      refetchOnWindowFocus: true,
    },
  },
});

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root"');

// What cannot be fetched now is tried again by the page itself.
await fetchPage(location, (path) => queries.prefetchQuery(queryOf(path))).catch(() => undefined);

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Frame>
        <Pages />
      </Frame>
    </QueryClientProvider>
  </StrictMode>,
);

fetchAllPages();
