use leptos::prelude::*;
use model::{catalog::RowRef, entity_ref::EntityRef};

use super::entity::{KindIcons, entity_chip};
use crate::{links::canonical, ui::IntoEager as _};

/// What stands on one side of an entity: how it relates to it, in words, and the entities.
pub struct Side {
    /// For example `depends on`.
    pub words: String,
    /// As many as are known.
    pub targets: Vec<RowRef>,
    /// How many there are.
    pub total: u64,
}

/// Entities of one group that are drawn; the rest is a number.
const DRAWN: usize = 4;

/// The entity in the middle, what leads to it on the left, and what it leads to on the right; nothing where there is neither. The
/// lines are the style sheet's: boxes are links as everywhere.
pub fn relation_graph(icons: &KindIcons, subject: &EntityRef, before: Vec<Side>, after: Vec<Side>) -> AnyView {
    if before.is_empty() && after.is_empty() {
        return ().into_any();
    }
    let focus = RowRef { entity_ref: canonical(subject), title: subject.name.clone(), exists: true };
    view! {
        <div class="minigraph" role="group" aria-label="Relations, drawn; the table below has the same">
            {side(icons, before, "wing before")}
            <div class="centre">{entity_chip(icons, focus, true)}</div>
            {side(icons, after, "wing after")}
        </div>
    }
    .eager()
}

fn side(icons: &KindIcons, groups: Vec<Side>, class: &'static str) -> AnyView {
    let group = |Side { words, mut targets, total }: Side| {
        targets.truncate(DRAWN);
        let rest = total.saturating_sub(targets.len() as u64);
        let boxes =
            targets.into_iter().map(|target| view! { <li>{entity_chip(icons, target, true)}</li> }).collect_view();
        let more = (rest > 0).then(|| view! { <p class="t3 fs12 num">{format!("and {rest} more")}</p> });
        view! { <p class="t3 fs12">{words}</p> <ul>{boxes}</ul> {more} }
    };
    let groups = groups.into_iter().map(group).collect_view();
    view! { <div class=class>{groups}</div> }.eager()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, named, render};

    fn side(words: &str, targets: Vec<RowRef>, total: u64) -> Side {
        Side { words: words.to_owned(), targets, total }
    }

    #[test]
    fn neighbours_stand_on_their_sides() {
        let subject = EntityRef::new("component", "default", "checkout-api");
        let before = vec![side("consumed by", vec![named("component:default/web", true)], 1)];
        let many = (0..7).map(|at| named(&format!("api:default/a{at}"), at != 1)).collect();
        let after = vec![side("provides", vec![named("api:default/v2", true)], 1), side("consumes", many, 30)];
        insta::assert_snapshot!(render(|| relation_graph(&KindIcons::from_config(), &subject, before, after)));
    }

    #[test]
    fn hostile_names_stay_text() {
        let subject = EntityRef::new("component", "default", HOSTILE);
        let before = vec![side(HOSTILE, vec![named(HOSTILE, true)], 1)];
        assert_harmless(&render(|| relation_graph(&KindIcons::from_config(), &subject, before, vec![])));
    }
}
