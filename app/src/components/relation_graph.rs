use model::{catalog::RowRef, entity_ref::EntityRef};

use super::entity::{KindIcons, write_entity_chip};
use crate::{links::canonical, ui::Html};

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
pub fn write_relation_graph(html: &mut Html, icons: &KindIcons, subject: &EntityRef, before: &[Side], after: &[Side]) {
    if before.is_empty() && after.is_empty() {
        return;
    }
    let focus = RowRef { entity_ref: canonical(subject), title: subject.name.clone(), exists: true };
    html.tag("<div class=\"minigraph\" role=\"group\" aria-label=\"Relations, drawn; the table below has the same\">");
    html.tag("<div class=\"wing before\">");
    write_side(html, icons, before);
    html.tag("</div><div class=\"centre\">");
    write_entity_chip(html, icons, &focus, true);
    html.tag("</div><div class=\"wing after\">");
    write_side(html, icons, after);
    html.tag("</div></div>");
}

fn write_side(html: &mut Html, icons: &KindIcons, groups: &[Side]) {
    for Side { words, targets, total } in groups {
        html.tag("<p class=\"t3 fs12\">").text(words).tag("</p><ul>");
        let drawn = targets.len().min(DRAWN);
        for target in &targets[..drawn] {
            html.tag("<li>");
            write_entity_chip(html, icons, target, true);
            html.tag("</li>");
        }
        html.tag("</ul>");
        let rest = total.saturating_sub(drawn as u64);
        if rest > 0 {
            html.tag("<p class=\"t3 fs12 num\">and ").text(&rest.to_string()).tag(" more</p>");
        }
    }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, named, render};

    fn side(words: &str, targets: Vec<RowRef>, total: u64) -> Side {
        Side { words: words.to_owned(), targets, total }
    }

    fn drawn(subject: &EntityRef, before: &[Side], after: &[Side]) -> String {
        render(|| {
            let mut html = Html::default();
            write_relation_graph(&mut html, &KindIcons::from_config(), subject, before, after);
            view! { <div inner_html=html.into_text()></div> }
        })
    }

    #[test]
    fn neighbours_stand_on_their_sides() {
        let subject = EntityRef::new("component", "default", "checkout-api");
        let before = vec![side("consumed by", vec![named("component:default/web", true)], 1)];
        let many = (0..7).map(|at| named(&format!("api:default/a{at}"), at != 1)).collect();
        let after = vec![side("provides", vec![named("api:default/v2", true)], 1), side("consumes", many, 30)];
        insta::assert_snapshot!(drawn(&subject, &before, &after));
    }

    #[test]
    fn hostile_names_stay_text() {
        let subject = EntityRef::new("component", "default", HOSTILE);
        let before = vec![side(HOSTILE, vec![named(HOSTILE, true)], 1)];
        assert_harmless(&drawn(&subject, &before, &[]));
    }
}
