/** The global timers as a CommonJS program finds them. */
exports.setTimeout = (...args) => setTimeout(...args);
exports.setInterval = (...args) => setInterval(...args);
exports.clearInterval = (timer) => clearInterval(timer);
exports.setImmediate = (...args) => setImmediate(...args);
