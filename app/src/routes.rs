//! The route table, one line a page; and what the frame tells of it: navigation and breadcrumbs.

use leptos::prelude::*;
use leptos_router::{
    Lazy, SsrMode,
    components::{FlatRoutes, Route},
    path,
};
use model::{app::AppConfig, catalog::ListEntities, entity_ref::EntityRef};

use crate::{
    links::entity_path,
    pages::{
        catalog::{
            CatalogPage, EntityPage, ImportPage, OrganizationPage, ProblemsPage, RawPage, SourcesPage, UnregisterPage,
            address,
        },
        home::HomePage,
        not_found::NotFoundPage,
        settings::SettingsPage,
    },
    ui::Icon,
};

/// The page that the address names.
pub(crate) fn pages() -> AnyView {
    #[cfg(not(target_family = "wasm"))]
    if let Some(page) = plain_page() {
        return page;
    }
    view! {
        // The last route takes every address, so nothing falls back.
        <FlatRoutes fallback=|| ()>
            <Route path=path!("/") view={Lazy::<HomePage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/catalog") view={Lazy::<CatalogPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/catalog/:namespace/:kind/:name") view={Lazy::<EntityPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/catalog/:namespace/:kind/:name/raw") view={Lazy::<RawPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/catalog/:namespace/:kind/:name/unregister") view={Lazy::<UnregisterPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/catalog/organization") view={Lazy::<OrganizationPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/catalog/sources") view={Lazy::<SourcesPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/catalog/problems") view={Lazy::<ProblemsPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/catalog-import") view={Lazy::<ImportPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/settings") view={Lazy::<SettingsPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("/*any") view={Lazy::<NotFoundPage>::new()} ssr=SsrMode::Async/>
        </FlatRoutes>
    }
    .into_any()
}

/// Pages of links and forms that only the server renders: they come without script, and weigh nothing in the browser. Links to them are
/// `rel="external"`.
#[cfg(not(target_family = "wasm"))]
fn plain_page() -> Option<AnyView> {
    use leptos_router::hooks::use_location;

    use crate::{
        pages::{
            account::AccountPage, audit::AuditPage, catalog::ValidationPage, personal::ViewsPage, sign_in::SignInPage,
        },
        platform::use_config,
    };

    let path = use_location().pathname.get_untracked();
    match use_config().path_of(&path)? {
        AppConfig::SIGN_IN => Some(SignInPage::data().view()),
        AppConfig::ACCOUNT => Some(AccountPage::view()),
        AppConfig::AUDIT => Some(AuditPage::view()),
        AppConfig::VIEWS => Some(ViewsPage::view()),
        AppConfig::VALIDATION => Some(ValidationPage::view()),
        _ => None,
    }
}

/// A group of the sidebar; the first has no label.
pub(crate) struct NavGroup {
    pub(crate) label: &'static str,
    pub(crate) items: &'static [NavItem],
}

/// A link of the sidebar.
pub(crate) struct NavItem {
    pub(crate) label: &'static str,
    pub(crate) path: &'static str,
    pub(crate) icon: Icon,
}

/// The sidebar.
pub(crate) const NAVIGATION: &[NavGroup] = &[
    NavGroup { label: "", items: &[NavItem { label: "Home", path: "/", icon: Icon::House }] },
    NavGroup {
        label: "Know",
        items: &[
            NavItem { label: "Catalog", path: "/catalog", icon: Icon::LayoutList },
            NavItem { label: "Organisation", path: "/catalog/organization", icon: Icon::Users },
        ],
    },
    NavGroup {
        label: "Look after",
        items: &[
            NavItem { label: "Problems", path: "/catalog/problems", icon: Icon::TriangleAlert },
            NavItem { label: "Sources", path: "/catalog/sources", icon: Icon::Radio },
            NavItem { label: "Import", path: "/catalog-import", icon: Icon::FilePlus2 },
            NavItem { label: "Settings", path: "/settings", icon: Icon::Settings },
        ],
    },
];

/// True if another link of the sidebar than the one to `target` leads nearer to a path.
pub(crate) fn is_nearer(path: &str, target: &str) -> bool {
    let mut items = NAVIGATION.iter().flat_map(|group| group.items);
    let leads_to =
        |item: &NavItem| path.strip_prefix(item.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    items.any(|item| item.path.len() > target.len() && leads_to(item))
}

/// The breadcrumbs of a path below the base path: label, and where it leads; the last one is the page itself.
pub(crate) fn trail(path: &str, config: &AppConfig) -> Vec<(String, Option<String>)> {
    let segments: Vec<_> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    match segments[..] {
        [] => vec![("Home".to_owned(), None)],
        ["catalog"] => vec![("Catalog".to_owned(), None)],
        ["catalog", "organization"] => below_catalog("Organisation"),
        ["catalog", "sources"] => below_catalog("Sources"),
        ["catalog", "problems"] => below_catalog("Problems"),
        ["catalog-import"] => below_catalog("Import"),
        ["catalog-import", "validate"] => {
            let mut trail = below_catalog("Validate YAML");
            trail.insert(1, ("Import".to_owned(), Some("/catalog-import".to_owned())));
            trail
        }
        ["settings"] => vec![("Settings".to_owned(), None)],
        ["audit"] => vec![("Audit log".to_owned(), None)],
        ["account"] => vec![("Account".to_owned(), None)],
        ["views"] => vec![("Saved views".to_owned(), None)],
        ["sign-in"] => vec![("Sign in".to_owned(), None)],
        ["catalog", namespace, kind, name, ref tabs @ ..] => {
            let known = config.kinds.iter().find(|info| info.kind.eq_ignore_ascii_case(kind));
            let plural = known.map_or_else(|| kind.to_owned(), |info| info.plural.clone());
            let of_kind = ListEntities { kind: Some(kind.to_ascii_lowercase()), ..address::default_list() };
            vec![("Catalog".to_owned(), Some("/catalog".to_owned())), (plural, Some(address::of_list(&of_kind)))]
                .into_iter()
                .chain(of_entity(&EntityRef::new(kind, namespace, name), tabs))
                .collect()
        }
        _ => vec![("Not found".to_owned(), None)],
    }
}

/// The entity, and the tab of it that is shown.
fn of_entity(entity_ref: &EntityRef, tabs: &[&str]) -> Vec<(String, Option<String>)> {
    let name = entity_ref.name.clone();
    match tabs {
        ["raw"] => vec![(name, Some(entity_path(entity_ref))), ("Raw".to_owned(), None)],
        ["unregister"] => vec![(name, Some(entity_path(entity_ref))), ("Unregister".to_owned(), None)],
        _ => vec![(name, None)],
    }
}

fn below_catalog(page: &str) -> Vec<(String, Option<String>)> {
    vec![("Catalog".to_owned(), Some("/catalog".to_owned())), (page.to_owned(), None)]
}

#[cfg(test)]
mod tests {
    use model::app::KindInfo;

    use super::*;

    #[test]
    fn an_entity_lies_below_its_kind() {
        let api = KindInfo { kind: "API".into(), plural: "APIs".into(), icon: "plug".into(), owned: true };
        let config = AppConfig { kinds: vec![api], ..AppConfig::default() };
        let trail = trail("/catalog/default/api/orders", &config);
        assert_eq!(trail[1], ("APIs".to_owned(), Some("/catalog?filters[kind]=api".to_owned())));
        assert_eq!(trail[2], ("orders".to_owned(), None));
    }
}
