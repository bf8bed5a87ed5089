/** Lets `using x = …` call dispose(), where the language has it (WebKit of 2025 has not). */
export function disposable({ prototype }: { prototype: { dispose(): void } }): void {
  if (!Symbol.dispose) return;
  const value = function dispose(this: { dispose(): void }): void {
    this.dispose();
  };
  Object.defineProperty(prototype, Symbol.dispose, { value, configurable: true });
}
