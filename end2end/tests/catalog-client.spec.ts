import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CatalogClient, type QueryEntitiesInitialRequest } from "@backstage/catalog-client";
import { expect, test } from "./support/test.ts";

/** Backstage's own client, unchanged, against a portal. */
function clientOf(portal: { url: string }): CatalogClient {
  return new CatalogClient({ discoveryApi: { getBaseUrl: async (plugin) => `${portal.url}/api/${plugin}` }, fetchApi: { fetch } });
}

const COMPONENT = "component:default/ledger";

test("Backstage's client reads entities in every way that it knows", async ({ demo }) => {
  const client = clientOf(demo);

  const all = await client.getEntities({ filter: { kind: "component" }, fields: ["kind", "metadata.name"] });
  expect(all.items.length).toBeGreaterThan(20);
  expect(Object.keys(all.items[0]!)).toEqual(expect.arrayContaining(["kind", "metadata"]));

  const ledger = await client.getEntityByRef(COMPONENT);
  expect(ledger?.metadata.name).toBe("ledger");
  expect(await client.getEntityByRef("component:default/nothing")).toBeUndefined();

  const byRefs = await client.getEntitiesByRefs({ entityRefs: [COMPONENT, "component:default/nothing"] });
  expect(byRefs.items.map((entity) => entity?.metadata.name)).toEqual(["ledger", undefined]);

  const facets = await client.getEntityFacets({ facets: ["kind", "spec.type"], filter: { kind: "component" } });
  expect(facets.facets["kind"]).toEqual([{ value: "Component", count: all.items.length }]);
  const byPredicate = await client.getEntityFacets({ facets: ["kind"], query: { kind: "component" } });
  expect(byPredicate.facets["kind"]).toEqual(facets.facets["kind"]);

  const ancestors = await client.getEntityAncestors({ entityRef: COMPONENT });
  expect(ancestors.rootEntityRef).toBe(COMPONENT);
  expect(ancestors.items.at(-1)?.parentEntityRefs).toEqual([]);
  expect(ancestors.items[0]?.parentEntityRefs).toHaveLength(1);
});

test("Backstage's client pages forward and back, by filter and by predicate", async ({ demo }) => {
  const client = clientOf(demo);
  const orderFields = [{ field: "metadata.name", order: "asc" as const }];
  const questions: QueryEntitiesInitialRequest[] = [
    { filter: { kind: "component" }, orderFields },
    { query: { $all: [{ kind: "component" }, { $not: { "spec.lifecycle": "deprecated" } }] }, orderFields },
  ];
  for (const question of questions) {
    const first = await client.queryEntities({ ...question, limit: 7 });
    const cursor = first.pageInfo.nextCursor;
    expect(cursor).toBeDefined();
    const second = await client.queryEntities({ cursor: cursor!, limit: 7 });
    expect(second.totalItems).toBe(first.totalItems);
    const back = await client.queryEntities({ cursor: second.pageInfo.prevCursor!, limit: 7 });
    expect(back.items).toEqual(first.items);

    const streamed = [];
    for await (const page of client.streamEntities({ ...question, pageSize: 10 })) streamed.push(...page);
    expect(streamed).toHaveLength(first.totalItems);
    expect(new Set(streamed.map((entity) => entity.metadata.uid)).size).toBe(first.totalItems);
  }
  const found = await client.queryEntities({ fullTextFilter: { term: "ledg", fields: ["metadata.name"] } });
  expect(found.items.map((entity) => entity.metadata.name)).toContain("ledger");
});

test("Backstage's client has entities checked, refreshed and removed", async ({ startPortal }) => {
  const client = clientOf(await startPortal());
  const entity = (await client.getEntityByRef(COMPONENT))!;
  expect(await client.validateEntity(entity, "url:https://git.example/catalog-info.yaml")).toEqual({ valid: true });
  const broken = { ...entity, metadata: { ...entity.metadata, name: "not a name!" } };
  const refused = await client.validateEntity(broken, "url:https://git.example/catalog-info.yaml");
  expect(refused).toMatchObject({ valid: false, errors: [{ name: "InputError", message: expect.stringContaining("metadata.name") }] });

  await client.removeEntityByUid(entity.metadata.uid!);
  expect(await client.getEntityByRef(COMPONENT)).toBeUndefined();
  // A neighbour in another file leads to the reading of all that has changed: what was removed comes back.
  await client.refreshEntity("component:default/checkout-api");
  await expect.poll(async () => (await client.getEntityByRef(COMPONENT))?.metadata.name).toBe("ledger");
  await expect(client.refreshEntity("component:default/nothing")).rejects.toThrow("404");
});

/** A web server with one descriptor. */
async function webServer(files: Record<string, string>): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const text = files[request.url ?? ""];
    response.writeHead(text === undefined ? 404 : 200, { "content-type": "text/plain" }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("Backstage's client registers a URL, finds what it brought, and takes it away", async ({ startPortal }) => {
  const descriptor = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: registered }\nspec: { type: service, lifecycle: production, owner: payments }\n";
  const { server, url } = await webServer({ "/catalog-info.yaml": descriptor, "/broken.yaml": descriptor.replace("registered", "bad name!") });
  try {
    const portal = await startPortal({ backend: { reading: { allow: [{ host: new URL(url).host }] } } });
    const client = clientOf(portal);
    const target = `${url}/catalog-info.yaml`;
    expect(await client.getLocations()).toEqual({ items: [] });

    const preview = await client.addLocation({ target, dryRun: true });
    expect(preview.exists).toBe(false);
    expect(preview.entities.map((entity) => entity.metadata.name)).toContain("registered");
    for (const [refused, why] of [
      [`${url}/broken.yaml`, "metadata.name"],
      [`${url}/nothing.yaml`, "does not exist"],
      ["http://127.0.0.1:9/catalog-info.yaml", "backend.reading.allow"],
    ] as const) {
      const error = { cause: { message: expect.stringContaining(why) } };
      await expect(client.addLocation({ target: refused, dryRun: true })).rejects.toMatchObject(error);
    }

    const { location } = await client.addLocation({ target });
    await expect(client.addLocation({ target })).rejects.toThrow("409");
    expect(await client.getLocationById(location.id)).toEqual(location);
    expect(await client.getLocationByRef(`url:${target}`)).toEqual(location);
    await expect.poll(async () => (await client.getEntityByRef("component:default/registered"))?.kind).toBe("Component");
    expect(await client.getLocationByEntity("component:default/registered")).toEqual(location);
    expect((await client.queryLocations({ query: { type: "url" } })).items).toEqual([location]);
    const streamed = [];
    for await (const page of client.streamLocations({})) streamed.push(...page);
    expect(streamed).toEqual([location]);
    const analysis = await client.analyzeLocation({ location: { type: "url", target } });
    expect(analysis.generateEntities[0]?.entity.kind).toBe("Component");

    await client.removeLocationById(location.id);
    expect(await client.getEntityByRef("component:default/registered")).toBeUndefined();
    expect(await client.getLocations()).toEqual({ items: [] });
  } finally {
    server.close();
  }
});
