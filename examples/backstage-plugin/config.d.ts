export interface Config {
  callboard: {
    /**
     * Where Callboard answers, as a browser reaches it, with its sub-path if it has one: https://callboard.example.com
     * @visibility frontend
     */
    baseUrl: string;
  };
}
