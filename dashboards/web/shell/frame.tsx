import { Suspense, type ReactNode } from 'react';
import { Skeleton } from '../parts/skeleton.tsx';
import { useLive } from './live.ts';
import { Masthead } from './masthead.tsx';

/** Around every page: the way past the navigation, the masthead, and room while a page's file is fetched. */
export function Frame({ children }: { readonly children: ReactNode }) {
  useLive();
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <Masthead />
      <Suspense
        fallback={
          <main className="page" id="main">
            <div className="summary" />
            <div className="block">
              <Skeleton rows={8} />
            </div>
          </main>
        }
      >
        {children}
      </Suspense>
    </>
  );
}
