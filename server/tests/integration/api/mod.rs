mod catalog;
mod events;
mod golden;
mod openapi;
mod v1;
mod webhooks;
