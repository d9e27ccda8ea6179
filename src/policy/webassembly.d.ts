/** What the declarations of `@open-policy-agent/opa-wasm` name and `@types/node` leaves out. */
declare global {
  namespace WebAssembly {
    interface Memory {
      readonly buffer: ArrayBuffer;
    }
    interface MemoryDescriptor {
      initial: number;
    }
    /** The exports we call, by OPA's wasm ABI 1.3: addresses in, addresses out. */
    interface Instance {
      readonly exports: { builtins(): number; opa_json_dump(address: number): number };
    }
    interface WebAssemblyInstantiatedSource {
      readonly instance: Instance;
    }
  }
  type BufferSource = ArrayBufferView | ArrayBuffer;
}

export {};
