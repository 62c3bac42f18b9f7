/**
 * A resolver for Node's loader: what a module of the project imports of the project is as fresh as
 * itself. `a.js?run=7` is loaded anew, with all that it imports but packages: what a module works
 * out as it is loaded may depend on a change.
 */
const KEPT = /\/node_modules\//;

export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context);
  const [, run] = /[?]run=(\d+)$/.exec(context.parentURL ?? '') ?? [];
  const isFresh = run !== undefined && resolved.url.startsWith('file:') && !KEPT.test(resolved.url);
  return isFresh ? { ...resolved, url: `${resolved.url}?run=${run}` } : resolved;
}
