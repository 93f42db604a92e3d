use leptos::{
    attr::{Attribute, NextAttribute},
    tachys::renderer::{Rndr, types::Element},
};

/// The attribute `popover`, which stays where it is: `<div {..Popover} id="…">`.
///
/// Where a page is shown anew, Leptos takes the attributes of an erased element away and sets them again. Without `popover` for a moment,
/// what is open closes: a menu while the catalog changes, the filters of a phone at each tick.
#[derive(Clone, Copy, Debug)]
pub struct Popover;

impl Attribute for Popover {
    const MIN_LENGTH: usize = 0;

    type State = ();
    type AsyncOutput = Self;
    type Cloneable = Self;
    type CloneableOwned = Self;

    fn html_len(&self) -> usize {
        " popover=\"auto\"".len()
    }

    fn to_html(self, buf: &mut String, _class: &mut String, _style: &mut String, _inner_html: &mut String) {
        buf.push_str(" popover=\"auto\"");
    }

    fn hydrate<const FROM_SERVER: bool>(self, _element: &Element) {}

    fn build(self, element: &Element) {
        Rndr::set_attribute(element, "popover", "auto");
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

impl NextAttribute for Popover {
    type Output<NewAttr: Attribute> = (Self, NewAttr);

    fn add_any_attr<NewAttr: Attribute>(self, new_attr: NewAttr) -> Self::Output<NewAttr> {
        (self, new_attr)
    }
}
