use leptos::prelude::*;
use model::{catalog::RowRef, entity_ref::EntityRef};

use crate::{components::entity_name, links::entity_href};

/// Hues that an avatar may have: the classes `.h0` to `.h7`.
const HUES: u32 = 8;

/// A team's or a person's initials on a hue of its own, and the name as a link. `None` is said: nobody owns it.
pub fn owner(owner: Option<RowRef>) -> AnyView {
    let Some(owner) = owner else {
        return view! { <span class="owner none">{no_owner_mark()} <span>"no owner"</span></span> }.into_any();
    };
    let Ok(entity_ref) = EntityRef::parse_full(&owner.entity_ref) else {
        return view! { <span class="owner none">{no_owner_mark()} <span dir="auto">{owner.entity_ref}</span></span> }.into_any();
    };
    let name = if owner.title.is_empty() { entity_name(&entity_ref) } else { owner.title };
    let face = view! { {avatar(&entity_ref, &name)} <span dir="auto">{name.clone()}</span> };
    if owner.exists {
        view! { <a class="owner" href=entity_href(&entity_ref) title=owner.entity_ref>{face}</a> }.into_any()
    } else {
        let title = format!("{} does not exist", owner.entity_ref);
        view! { <span class="owner gone" title=title>{face}<small class="sr">"does not exist"</small></span> }.into_any()
    }
}

/// The avatar alone: decoration beside a name.
pub fn avatar(entity_ref: &EntityRef, name: &str) -> impl IntoView + use<> {
    let person = entity_ref.kind.eq_ignore_ascii_case("user");
    let class = format!("av{} h{}", if person { "" } else { " team" }, hue(&entity_ref.canonical()));
    view! { <span class=class data-i=initials(name, person) aria-hidden="true"></span> }
}

fn no_owner_mark() -> AnyView {
    crate::ui::mark(crate::ui::Mark::Warn).into_any()
}

/// The same hue for the same ref on each page and each machine (FNV-1a).
fn hue(canonical: &str) -> u32 {
    canonical.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) % HUES
}

/// `MO` for the person Mara Okonjo, `Pa` for the team payments.
fn initials(name: &str, person: bool) -> String {
    let mut words = name.split([' ', '-', '_', '.']).filter_map(|word| word.chars().next());
    match (words.next(), words.next()) {
        (Some(first), Some(second)) if person => first.to_uppercase().chain(second.to_uppercase()).collect(),
        (Some(_), _) => {
            let mut letters = name.chars().filter(|c| c.is_alphanumeric());
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            first.chain(letters.next().into_iter().flat_map(char::to_lowercase)).collect()
        }
        (None, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_have_two_capitals_and_teams_their_first_two_letters() {
        let table = [("Mara Okonjo", true, "MO"), ("payments", false, "Pa"), ("data-platform", false, "Da"), ("élan", false, "Él"), ("x", true, "X"), ("", false, "")];
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
