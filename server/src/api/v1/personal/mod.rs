mod create_view;
mod delete_star;
mod delete_view;
mod delete_visits;
mod get_personal;
mod put_star;
mod put_visit;
mod update_view;

use personal::PersonalError;

pub(crate) use self::{
    create_view::*, delete_star::*, delete_view::*, delete_visits::*, get_personal::*, put_star::*, put_visit::*,
    update_view::*,
};
use crate::api::ApiError;

impl From<PersonalError> for ApiError {
    fn from(error: PersonalError) -> Self {
        let message = error.to_string();
        match error {
            PersonalError::NoPerson => Self::unauthenticated(message),
            PersonalError::LacksScope => Self::not_allowed(message),
            PersonalError::NoEntity(_) | PersonalError::NoView(_) => Self::not_found(message),
            PersonalError::ViewName | PersonalError::ViewPath => Self::input(message),
            PersonalError::StarsFull(_) | PersonalError::ViewsFull(_) | PersonalError::ViewTaken(_) => {
                Self::conflict(message)
            }
            PersonalError::Store(_) => Self::internal(message),
        }
    }
}
