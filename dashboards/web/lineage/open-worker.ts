import address from './layout-worker.ts?worker&url';

/** Not in the library of types yet: https://www.w3.org/TR/trusted-types/ */
interface TrustedTypesHolder {
  readonly trustedTypes?: {
    createPolicy(
      name: string,
      rules: { createScriptURL(url: string): string },
    ): { createScriptURL(url: string): URL };
  };
}

// The page lets one policy be made, once, and only this address through it.
const policy = (globalThis as TrustedTypesHolder).trustedTypes?.createPolicy('assay', {
  createScriptURL(url) {
    if (url !== address) throw new TypeError('Only the layout worker has an address here.');
    return url;
  },
});

export function openLayoutWorker(): Worker {
  return new Worker(policy ? policy.createScriptURL(address) : address, { type: 'module' });
}
