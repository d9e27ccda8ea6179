export type { PacketRejection } from './envelope.js';
export { keyIdOf, openPacket, signPacket, verifyPacket, withinValidity } from './envelope.js';
export type { KeySet } from './keys.js';
export {
  generateKeySet,
  keyFileNames,
  PacketKeyring,
  PacketSigner,
  ReceiptKeyring,
  ReceiptSigner,
} from './keys.js';
export {
  CheckOutPacket,
  EndPacket,
  EndReason,
  GrantPacket,
  isEnding,
  Name,
  ObservePacket,
  ObserveQuestion,
  PACKET_VALIDITY_SECONDS,
  PacketKind,
  PacketPayload,
  RevealPacket,
  RotatePacket,
} from './payload.js';
export { Credential, DriftLine, Receipt, ReceiptCode } from './receipt.js';
export type { ReceiptRejection } from './receipt-envelope.js';
export { signReceipt, verifyReceipt } from './receipt-envelope.js';
