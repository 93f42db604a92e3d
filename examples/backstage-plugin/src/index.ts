export { EntityCallboardContent, callboardPlugin } from './plugin';
