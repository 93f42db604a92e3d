//! Pages that share one split-off module: each module of its own splits what others share into smaller and smaller files.

use leptos::{lazy, prelude::*};
use leptos_router::LazyRoute;

use super::{
    catalog::{ImportPage, ProblemsPage, SourcesPage},
    not_found::NotFoundPage,
    settings::SettingsPage,
};

/// What is wrong, and where it comes from.
enum Care {
    Problems(ProblemsPage),
    Sources(SourcesPage),
}

/// What one seldom opens.
enum Aside {
    Import(ImportPage),
    NotFound(NotFoundPage),
    Settings(SettingsPage),
}

#[lazy]
fn care_view(page: Care) -> AnyView {
    match page {
        Care::Problems(page) => page.view(),
        Care::Sources(SourcesPage) => SourcesPage::view(),
    }
}

#[lazy]
fn aside_view(page: Aside) -> AnyView {
    match page {
        Aside::Import(page) => page.view(),
        Aside::NotFound(page) => page.view(),
        Aside::Settings(SettingsPage) => SettingsPage::view(),
    }
}

/// Makes a page a route whose view lies in a module with others.
macro_rules! together {
    ($page:ident, $module:ident::$variant:ident, $view:ident, $preload:ident) => {
        impl LazyRoute for $page {
            fn data() -> Self {
                // The page's own.
                Self::data()
            }

            async fn view(this: Self) -> AnyView {
                $view($module::$variant(this)).await
            }

            async fn preload() {
                #[cfg(target_arch = "wasm32")]
                $preload().await;
            }
        }
    };
}

together!(ProblemsPage, Care::Problems, care_view, __preload_care_view);
together!(SourcesPage, Care::Sources, care_view, __preload_care_view);
together!(ImportPage, Aside::Import, aside_view, __preload_aside_view);
together!(NotFoundPage, Aside::NotFound, aside_view, __preload_aside_view);
together!(SettingsPage, Aside::Settings, aside_view, __preload_aside_view);
