//! Query parameters as Backstage's OpenAPI validator and parsers take them, with their messages.
//!
//! Source: Backstage, `plugins/catalog-backend/src/service/request`, and `express-openapi-validator`.

use model::{
    catalog::{Order, OrderField},
    filter::EntityFilter,
};

use crate::api::ApiError;

/// The pairs of a query string, all of whose names are known and all of whose values are there.
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    /// # Errors
    /// 400 for an unknown name and for an empty value.
    pub(super) fn check(pairs: Vec<(String, String)>, known: &[&str]) -> Result<Self, ApiError> {
        for (name, value) in &pairs {
            if !known.contains(&name.as_str()) {
                return Err(ApiError::input(format!("Unknown query parameter '{name}'")));
            }
            if value.is_empty() {
                return Err(ApiError::input(format!("Empty value found for query parameter '{name}'")));
            }
        }
        Ok(Self(pairs))
    }

    /// The pairs in their order.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// All values of a repeatable parameter.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a parameter that may stand once.
    ///
    /// # Errors
    /// 400 where it stands more often.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, ApiError> {
        match self.all(name)[..] {
            [] => Ok(None),
            [value] => Ok(Some(value)),
            _ => Err(ApiError::input(format!("request/query/{name} must be string"))),
        }
    }

    /// A whole number, not negative.
    ///
    /// # Errors
    /// 400 for anything else.
    pub(super) fn integer(&self, name: &str) -> Result<Option<usize>, ApiError> {
        let must = |what: &str| ApiError::input(format!("request/query/{name} must be {what}"));
        let Some(text) = self.text(name).map_err(|_| must("integer"))? else { return Ok(None) };
        match text.parse::<i64>() {
            Ok(number) => usize::try_from(number).map(Some).map_err(|_| must(">= 0")),
            Err(_) => Err(must("integer")),
        }
    }

    /// A list with commas.
    ///
    /// # Errors
    /// 400 where it stands more than once.
    pub(super) fn list(&self, name: &str) -> Result<Vec<String>, ApiError> {
        let text = self.text(name)?.unwrap_or_default();
        Ok(text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
    }

    /// `fields`.
    ///
    /// # Errors
    /// 400 for a path into an array.
    pub(super) fn fields(&self) -> Result<Vec<String>, ApiError> {
        let fields = self.list("fields")?;
        if fields.iter().any(|field| field.contains('[')) {
            return Err(ApiError::input("invalid fields, array type fields are not supported"));
        }
        Ok(fields)
    }

    /// `filter`.
    ///
    /// # Errors
    /// 400 for a condition without a key.
    pub(super) fn filter(&self) -> Result<EntityFilter, ApiError> {
        EntityFilter::parse(&self.all("filter")).map_err(|error| ApiError::input(error.to_string()))
    }

    /// `orderField`, `path,asc`.
    ///
    /// # Errors
    /// 400 for another direction.
    pub(super) fn order_fields(&self) -> Result<Vec<OrderField>, ApiError> {
        let parse = |text: &str| {
            let (field, direction) = text.split_once(',').unwrap_or((text, "asc"));
            let order = direction_of(direction.trim())
                .ok_or_else(|| ApiError::input("Invalid order field order, must be asc or desc"))?;
            Ok(OrderField { field: field.trim().to_owned(), order })
        };
        self.all("orderField").into_iter().map(parse).collect()
    }

    /// `order`, `asc:path`: the older form of [`Params::order_fields`].
    ///
    /// # Errors
    /// 400 for anything else.
    pub(super) fn order(&self) -> Result<Vec<OrderField>, ApiError> {
        let parse = |text: &str| {
            let (order, field) = text
                .split_once(':')
                .and_then(|(direction, field)| Some((direction_of(direction)?, field)))
                .filter(|(_, field)| !field.is_empty())
                .ok_or_else(|| {
                    ApiError::input(format!(
                        "Invalid order parameter \"{text}\", expected \"<asc or desc>:<field name>\""
                    ))
                })?;
            Ok(OrderField { field: field.to_owned(), order })
        };
        self.all("order").into_iter().map(parse).collect()
    }
}

fn direction_of(text: &str) -> Option<Order> {
    match text {
        "asc" => Some(Order::Asc),
        "desc" => Some(Order::Desc),
        _ => None,
    }
}
