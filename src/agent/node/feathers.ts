/** The routes of Feathers 5, which are the paths of its services. https://feathersjs.com/api/application.html#lookup-path */

/** The request of Express, or the context of Koa, that Feathers has found a service for. */
export interface HasLookup {
  readonly lookup?: { readonly service?: unknown; readonly params?: { readonly __id?: unknown } };
  readonly app?: { readonly services?: Readonly<Record<string, unknown>> };
}

/** The path of the service that was found; undefined if none was. */
export function lookedUp({ lookup, app }: HasLookup): string | undefined {
  const services = app?.services;
  if (lookup?.service === undefined || services === undefined) return undefined;
  const path = Object.keys(services).find((it) => services[it] === lookup.service);
  if (path === undefined) return undefined;
  return lookup.params?.__id === undefined ? `/${path}` : `/${path}/:id`;
}
