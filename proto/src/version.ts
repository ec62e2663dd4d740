/** Of the whole product; `XANTHUS_VERSION` names another build. */
export const VERSION = '0.1.0';
