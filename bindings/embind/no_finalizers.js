// Embind would free objects that JavaScript forgot when its garbage collector finds them. Every object here is deleted
// by hand; what is left when an engine is closed must not be touched again: a thread that was ended while it allocated
// holds the allocator's lock for ever, and whoever frees something then never returns.
/* global addToLibrary */
addToLibrary({
  $attachFinalizer__deps: [],
  $attachFinalizer: (handle) => handle,
  $detachFinalizer: () => {},
});
