/**
 * What the page may do: load itself, its worker, its wasm and its data, and nothing from anywhere else.
 * `frame-ancestors` counts only in a header. Two policies may make trusted HTML and script addresses: the package's,
 * for its worker, and Svelte's, for the templates it compiled.
 */
export function contentSecurityPolicy({ header }: { header: boolean }): string {
  const rules = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "connect-src 'self'",
    "img-src 'self' blob:",
    "style-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types trainyard svelte-trusted-html',
  ];
  if (header) rules.push("frame-ancestors 'self'");
  return rules.join('; ');
}
