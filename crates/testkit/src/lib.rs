#![doc = include_str!("../README.md")]

pub mod catalog;
mod random;
