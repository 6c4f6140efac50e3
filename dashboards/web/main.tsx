import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Route, Switch } from 'wouter';
import { OverviewPage } from './overview-page.tsx';
import { ReadError } from './read.ts';
import { UnknownPage } from './unknown-page.tsx';
import './tokens.css';
import './page.css';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // A server that asks for a key would only ask again.
      retry: (failures, error) => failures < 1 && !(error instanceof ReadError && error.wantsKey),
      staleTime: 5_000,
      refetchOnWindowFocus: true,
    },
  },
});

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root"');

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Switch>
        <Route path="/" component={OverviewPage} />
        <Route component={UnknownPage} />
      </Switch>
    </QueryClientProvider>
  </StrictMode>,
);
