import "../../static/css/console.css";
import "./public/keep.js";
import "./console/confirm.js";
import "./public/once.js";
import "./console/tables.js";
import "./console/keys.js";
import "./console/poll.js";
import "./console/passkeys.js";
