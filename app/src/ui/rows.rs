use leptos::{
    attr::{Attribute, NextAttribute},
    prelude::document,
    tachys::renderer::{Rndr, types::Element},
    web_sys,
};

/// Tells the content that an element shows.
const SHOWN: &str = "data-shown";

/// What stands within an element as text of HTML: `<tbody {..Rows(html)}>`. Made anew only where it differs; who has the focus within
/// keeps it, if what they were on is still there.
///
/// Fifty rows as elements take the browser some 60 ms to show anew, because Leptos takes all attributes of erased elements away and sets
/// them again; as text they take 3.
#[derive(Clone, Debug)]
pub struct Rows(pub String);

impl Rows {
    /// FNV-1a.
    fn hash(&self) -> String {
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        format!("{:x}", self.0.bytes().fold(0xcbf2_9ce4_8422_2325, mix))
    }

    fn show(self, element: &Element) {
        let hash = self.hash();
        if element.get_attribute(SHOWN).as_ref() == Some(&hash) {
            return;
        }
        let active = document().active_element().filter(|active| element.contains(Some(active)));
        let had_focus = active.and_then(|active| leads_to(&active));
        element.set_inner_html(&self.0);
        Rndr::set_attribute(element, SHOWN, &hash);
        if let Some(target) = had_focus {
            focus(element, &target);
        }
    }
}

/// What a link or a button within rows is told apart by.
fn leads_to(element: &web_sys::Element) -> Option<String> {
    element.get_attribute("href").or_else(|| element.get_attribute("value"))
}

fn focus(element: &Element, target: &str) {
    use leptos::wasm_bindgen::JsCast as _;

    let Ok(candidates) = element.query_selector_all("a, button") else { return };
    let found = (0..candidates.length())
        .filter_map(|at| candidates.item(at)?.dyn_into::<web_sys::HtmlElement>().ok())
        .find(|candidate| leads_to(candidate).as_deref() == Some(target));
    if let Some(found) = found {
        _ = found.focus();
    }
}

impl Attribute for Rows {
    const MIN_LENGTH: usize = 0;

    type State = ();
    type AsyncOutput = Self;
    type Cloneable = Self;
    type CloneableOwned = Self;

    fn html_len(&self) -> usize {
        self.0.len() + 32
    }

    fn to_html(self, buf: &mut String, _class: &mut String, _style: &mut String, inner_html: &mut String) {
        for part in [" ", SHOWN, "=\"", &self.hash(), "\""] {
            buf.push_str(part);
        }
        inner_html.push_str(&self.0);
    }

    fn hydrate<const FROM_SERVER: bool>(self, _element: &Element) {}

    fn build(self, element: &Element) {
        self.show(element);
    }

    fn rebuild(self, _state: &mut ()) {}

    fn into_cloneable(self) -> Self {
        self
    }

    fn into_cloneable_owned(self) -> Self {
        self
    }

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }
}

impl NextAttribute for Rows {
    type Output<NewAttr: Attribute> = (Self, NewAttr);

    fn add_any_attr<NewAttr: Attribute>(self, new_attr: NewAttr) -> Self::Output<NewAttr> {
        (self, new_attr)
    }
}
