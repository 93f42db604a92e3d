use leptos::prelude::*;
use model::{catalog::RowRef, entity_ref::EntityRef};

use crate::{
    components::entity_name,
    links::{canonical, entity_href},
    ui::{Html, Mark, mark, write_mark},
};

/// Hues that an avatar may have: the classes `.h0` to `.h7`.
const HUES: u32 = 8;

/// A team's or a person's initials on a hue of its own, and the name as a link. `None` is said: nobody owns it. An owner that
/// does not exist is struck out and no link.
pub fn owner(owner: Option<RowRef>) -> impl IntoView {
    let Some(RowRef { entity_ref: title, title: name, exists }) = owner else {
        return owner_view("owner none", None, None, None, "no owner".to_owned());
    };
    let Ok(entity_ref) = EntityRef::parse_full(&title) else {
        return owner_view("owner none", None, None, None, title);
    };
    let name = if name.is_empty() { entity_name(&entity_ref) } else { name };
    let face = Some(avatar(&entity_ref, &name));
    if exists {
        owner_view("owner", Some(entity_href(&entity_ref)), Some(title), face, name)
    } else {
        owner_view("owner gone", None, Some(format!("{title} does not exist")), face, name)
    }
}

fn owner_view<A: IntoView>(
    class: &'static str,
    href: Option<String>,
    title: Option<String>,
    face: Option<A>,
    name: String,
) -> impl IntoView {
    let gone = (class == "owner gone").then(|| view! { <small class="sr">"does not exist"</small> });
    let nobody = face.is_none().then(|| mark(Mark::Warn));
    view! { <a class=class href=href title=title>{nobody} {face} <span dir="auto">{name}</span> {gone}</a> }
}

/// An owner that is named, as HTML.
pub fn write_owner(html: &mut Html, owner: &RowRef) {
    let entity_ref = EntityRef::parse_full(&owner.entity_ref).ok();
    let href = entity_ref.as_ref().filter(|_| owner.exists).map(entity_href);
    let untitled = entity_ref.as_ref().map_or_else(|| owner.entity_ref.clone(), entity_name);
    let name = if owner.title.is_empty() { &untitled } else { &owner.title };
    html.tag(if owner.exists { "<a class=\"owner\"" } else { "<a class=\"owner gone\"" });
    html.attribute(" href=\"", href.as_deref()).attribute(" title=\"", Some(&owner.entity_ref)).tag(">");
    if let Some(entity_ref) = &entity_ref {
        let (class, initials) = face(entity_ref, name);
        html.tag("<span").attribute(" class=\"", Some(&class)).attribute(" data-i=\"", Some(&initials));
        html.tag(" aria-hidden=\"true\"></span>");
    }
    html.tag("<span dir=\"auto\">").text(name).tag("</span>");
    if !owner.exists {
        html.tag("<small class=\"sr\">does not exist</small>");
    }
    html.tag("</a>");
}

/// Nobody owns it, as HTML.
pub fn write_no_owner(html: &mut Html) {
    html.tag("<a class=\"owner none\">");
    write_mark(html, Mark::Warn);
    html.tag("<span dir=\"auto\">no owner</span></a>");
}

/// The avatar alone: decoration beside a name.
pub fn avatar(entity_ref: &EntityRef, name: &str) -> impl IntoView + use<> {
    let (class, initials) = face(entity_ref, name);
    view! { <span class=class data-i=initials aria-hidden="true"></span> }
}

/// Class and initials of an avatar.
fn face(entity_ref: &EntityRef, name: &str) -> (String, String) {
    let person = entity_ref.kind.eq_ignore_ascii_case("user");
    let class = format!("av{} h{}", if person { "" } else { " team" }, hue(&canonical(entity_ref)));
    (class, initials(name, person))
}

/// The same hue for the same ref on each page and each machine (FNV-1a).
fn hue(canonical: &str) -> u32 {
    canonical.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) % HUES
}

/// `MO` for the person Mara Okonjo, `pa` for the team payments; the style sheet writes them in capitals.
fn initials(name: &str, person: bool) -> String {
    let mut words = name.split([' ', '-', '_', '.']).filter_map(|word| word.chars().next());
    match (words.next(), words.next()) {
        (Some(first), Some(second)) if person => [first, second].iter().collect(),
        _ => name.chars().filter(|c| !matches!(c, ' ' | '-' | '_' | '.')).take(2).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_have_two_initials_and_teams_their_first_two_letters() {
        let table = [
            ("Mara Okonjo", true, "MO"),
            ("payments", false, "pa"),
            ("data-platform", false, "da"),
            ("x-ray", false, "xr"),
            ("élan", false, "él"),
            ("x", true, "x"),
            ("", false, ""),
        ];
        for (name, person, expected) in table {
            assert_eq!(initials(name, person), expected, "{name}");
        }
    }

    #[test]
    fn hues_are_spread_and_stay_in_range() {
        let hues: std::collections::BTreeSet<_> = (0..200).map(|n| hue(&format!("group:default/team-{n}"))).collect();
        assert_eq!(hues, (0..HUES).collect());
    }
}
