// Talks with the page around the frame: see docs/embedding.md. Nothing but a configured site is told anything, or listened to.
(() => {
  const { parents, base } = document.currentScript.dataset;
  const allowed = parents.split(" ");
  if (window.parent === window) return;
  const origins = location.ancestorOrigins ? allowed.filter((origin) => origin === location.ancestorOrigins[0]) : allowed;
  const tell = (message) => origins.forEach((origin) => window.parent.postMessage(message, origin));

  let height = 0;
  const measure = () => {
    const now = Math.ceil(document.body.getBoundingClientRect().height);
    if (now !== height) tell({ type: "callboard:height", height: (height = now) });
  };
  let route = "";
  const follow = () => {
    const path = location.pathname.slice(base.length) + location.search;
    if (path + document.title === route) return;
    route = path + document.title;
    tell({ type: "callboard:route", path, title: document.title });
  };

  addEventListener("message", ({ source, origin, data }) => {
    if (source !== window.parent || !allowed.includes(origin)) return;
    if (data?.type === "callboard:theme" && ["light", "dark"].includes(data.theme)) document.documentElement.dataset.theme = data.theme;
    // A path that begins with one slash: `//host` and `/\host` would lead to another site.
    if (data?.type === "callboard:navigate" && /^\/(?![/\\])/.test(data.path)) location.assign(base + data.path);
  });

  const begin = () => {
    tell({ type: "callboard:ready", version: 1 });
    measure();
    follow();
    // The last word on a page that is none: a route means that all is well again.
    const status = performance.getEntriesByType("navigation")[0]?.responseStatus ?? 200;
    if (status >= 400) tell({ type: "callboard:error", status, title: document.title });
    new ResizeObserver(measure).observe(document.body);
    new MutationObserver(follow).observe(document.head, { subtree: true, childList: true, characterData: true });
    // A step to a page of the same title.
    document.addEventListener("click", () => setTimeout(follow));
    addEventListener("popstate", () => setTimeout(follow));
  };
  document.readyState === "loading" ? addEventListener("DOMContentLoaded", begin) : begin();
})();
