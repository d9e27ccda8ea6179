export { openVendor, type Vendor, type VendorAnswer } from './vendor.js';
