use leptos::{prelude::*, svg};
use model::{catalog::RowRef, entity_ref::EntityRef};

use super::entity::{KindIcons, entity_name};
use crate::{links::entity_href, ui::IntoEager as _};

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
const WIDTH: i32 = 780;
const NODE: Size = Size { width: 210, height: 30 };
const MIDDLE: i32 = (WIDTH - NODE.width) / 2;
/// From one node to the next below.
const STEP: i32 = 36;
/// The words above a group.
const HEADING: i32 = 22;
const GAP: i32 = 10;
/// Sixteen of the twenty-four of an icon's grid.
const ICON: f32 = 0.667;
/// Characters of a name that fit into a node.
const CHARACTERS: usize = 24;

#[derive(Clone, Copy)]
struct Size {
    width: i32,
    height: i32,
}

/// The entity in the middle, what leads to it on the left, and what it leads to on the right; nothing where there is neither.
pub fn relation_graph(icons: &KindIcons, subject: &EntityRef, before: &[Side], after: &[Side]) -> AnyView {
    if before.is_empty() && after.is_empty() {
        return ().into_any();
    }
    let height = side_height(before).max(side_height(after)).max(NODE.height) + 2 * GAP;
    let middle = height / 2;
    let left =
        side(icons, before, GAP, (height - side_height(before)) / 2, |y| curve(GAP + NODE.width, y, MIDDLE, middle));
    let right = side(icons, after, WIDTH - NODE.width - GAP, (height - side_height(after)) / 2, |y| {
        curve(MIDDLE + NODE.width, middle, WIDTH - NODE.width - GAP, y)
    });
    let named = entity_name(subject);
    let focus = node(icons, Some(subject), &named, &named, MIDDLE, middle - NODE.height / 2, "gn focus");
    view! {
        <div class="minigraph" role="group" aria-label="Relations, drawn; the table below has the same">
            {svg::svg()
                .attr("class", "graph")
                .attr("viewBox", format!("0 0 {WIDTH} {height}"))
                .child((left, right, focus))}
        </div>
    }
    .eager()
}

fn side_height(side: &[Side]) -> i32 {
    side.iter().map(group_height).sum::<i32>() + GAP * (side.len() as i32 - 1).max(0)
}

fn group_height(side: &Side) -> i32 {
    let more = i32::from(rest(side) > 0);
    HEADING + STEP * side.targets.len().min(DRAWN) as i32 + more * HEADING - (STEP - NODE.height)
}

/// Those that are not drawn.
fn rest(side: &Side) -> u64 {
    side.total.saturating_sub(side.targets.len().min(DRAWN) as u64)
}

fn side(icons: &KindIcons, groups: &[Side], x: i32, top: i32, edge: impl Fn(i32) -> String) -> AnyView {
    let mut y = top;
    let mut drawn = Vec::new();
    for group in groups {
        drawn.push(words(group.words.clone(), x, y + 12).into_any());
        let mut at = y + HEADING;
        for target in group.targets.iter().take(DRAWN) {
            let class = if target.exists { "gn" } else { "gn gone" };
            let entity_ref = EntityRef::parse_full(&target.entity_ref).ok();
            let title = match &entity_ref {
                Some(entity_ref) if target.title.is_empty() => entity_name(entity_ref),
                Some(_) => target.title.clone(),
                None => target.entity_ref.clone(),
            };
            let path = if target.exists { "ge" } else { "ge dash" };
            drawn.push(svg::path().attr("class", path).attr("d", edge(at + NODE.height / 2)).into_any());
            let entity_ref = entity_ref.filter(|_| target.exists);
            drawn.push(node(icons, entity_ref.as_ref(), &title, &target.entity_ref, x, at, class));
            at += STEP;
        }
        if rest(group) > 0 {
            drawn.push(words(format!("and {} more", rest(group)), x, at + 8).into_any());
        }
        y += group_height(group) + GAP;
    }
    drawn.into_iter().collect_view().into_any()
}

fn words(text: String, x: i32, y: i32) -> impl IntoView {
    svg::text().attr("class", "gl").attr("x", x.to_string()).attr("y", y.to_string()).child(text)
}

fn curve(from_x: i32, from_y: i32, to_x: i32, to_y: i32) -> String {
    let half = i32::midpoint(from_x, to_x);
    format!("M{from_x} {from_y}C{half} {from_y} {half} {to_y} {to_x} {to_y}")
}

fn node(
    icons: &KindIcons,
    entity_ref: Option<&EntityRef>,
    name: &str,
    full: &str,
    x: i32,
    y: i32,
    class: &'static str,
) -> AnyView {
    let symbol = entity_ref.map(|entity_ref| {
        svg::g()
            .attr("transform", format!("translate({} {}) scale({ICON})", x + 9, y + 7))
            .child(icons.glyph(&entity_ref.kind))
    });
    let inner = (
        svg::title().child(full.to_owned()),
        svg::rect()
            .attr("x", x.to_string())
            .attr("y", y.to_string())
            .attr("width", NODE.width.to_string())
            .attr("height", NODE.height.to_string())
            .attr("rx", "6"),
        symbol,
        svg::text().attr("x", (x + 32).to_string()).attr("y", (y + 19).to_string()).child(short(name)),
    );
    match entity_ref.filter(|_| class == "gn") {
        Some(entity_ref) => svg::a().attr("class", class).attr("href", entity_href(entity_ref)).child(inner).into_any(),
        None => svg::g().attr("class", class).child(inner).into_any(),
    }
}

fn short(name: &str) -> String {
    match name.char_indices().nth(CHARACTERS) {
        Some(_) => name.chars().take(CHARACTERS - 1).chain(['…']).collect(),
        None => name.to_owned(),
    }
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
        let before = [side("consumed by", vec![named("component:default/web", true)], 1)];
        let many = (0..7).map(|at| named(&format!("api:default/a{at}"), at != 1)).collect();
        let after = [side("provides", vec![named("api:default/checkout-api-v2", true)], 1), side("consumes", many, 30)];
        insta::assert_snapshot!(render(|| relation_graph(&KindIcons::from_config(), &subject, &before, &after)));
    }

    #[test]
    fn hostile_names_stay_text() {
        let subject = EntityRef::new("component", "default", HOSTILE);
        let before = [side(HOSTILE, vec![named(HOSTILE, true)], 1)];
        assert_harmless(&render(|| relation_graph(&KindIcons::from_config(), &subject, &before, &[])));
    }
}
