// Trusted Types: where a page enforces them, only scripts of the package's one policy may become workers.
interface Policy {
  createScriptURL(url: string): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: Policy): Policy;
}
let policy: Policy | undefined;

/** The address of one of the package's own scripts, as a worker's constructor wants it. */
export function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy('trainyard', { createScriptURL: (script) => script });
  return policy ? policy.createScriptURL(url) : url;
}
