/** The steps of a user, through Thunderbird's own windows. `thunderbird.ts` has this text run inside of Thunderbird, with all its privileges. */

const { MailServices } = ChromeUtils.importESModule('resource:///modules/MailServices.sys.mjs');
const { EnigmailKeyRing } = ChromeUtils.importESModule('chrome://openpgp/content/modules/keyRing.sys.mjs');
const { RNP } = ChromeUtils.importESModule('chrome://openpgp/content/modules/RNP.sys.mjs');
const { PgpSqliteDb2 } = ChromeUtils.importESModule('chrome://openpgp/content/modules/sqliteDb.sys.mjs');

const once = (target, event) => new Promise((resolve) => target.addEventListener(event, resolve, { once: true }));

/** An account whose mail goes out by SMTP on a loopback port, with the user's own key. */
async function createAccount({ name, address, secretKey, fingerprint, smtpPort }) {
  const imported = await RNP.importSecKeyBlockImpl(null, () => null, false, secretKey);
  if (imported.exitCode !== 0) throw new Error(`the secret key of ${address} was not taken: ${imported.errorMsg}`);
  await PgpSqliteDb2.acceptAsPersonalKey(fingerprint);
  EnigmailKeyRing.clearCache();
  const smtp = MailServices.outgoingServer.createServer('smtp');
  smtp.QueryInterface(Ci.nsISmtpServer);
  smtp.hostname = '127.0.0.1';
  smtp.port = smtpPort;
  smtp.authMethod = Ci.nsMsgAuthMethod.none;
  smtp.socketType = Ci.nsMsgSocketType.plain;
  const identity = MailServices.accounts.createIdentity();
  identity.fullName = name;
  identity.email = address;
  identity.smtpServerKey = smtp.key;
  identity.doFcc = false;
  identity.setUnicharAttribute('openpgp_key_id', fingerprint.slice(-16));
  const account = MailServices.accounts.createAccount();
  account.incomingServer = MailServices.accounts.createIncomingServer(address, `in-${identity.key}.example`, 'pop3');
  account.incomingServer.loginAtStartUp = false;
  account.incomingServer.doBiff = false;
  account.addIdentity(identity);
}

/** The user takes the key for the address's own and says that its fingerprint was compared. */
async function acceptKey({ key, fingerprint, address }) {
  if (!(await EnigmailKeyRing.importKeyDataSilent(null, key, false))) throw new Error(`no key: ${address}`);
  await PgpSqliteDb2.updateAcceptance(fingerprint, [address], 'verified');
  EnigmailKeyRing.clearCache();
}

function createLocalFolders() {
  MailServices.accounts.createLocalMailAccount();
}

/** A new message in the local folders. `raw` has a character for each byte. */
function receive(raw) {
  const root = MailServices.accounts.localFoldersServer.rootFolder.QueryInterface(Ci.nsIMsgLocalMailFolder);
  const folder = root.containsChildNamed('received')
    ? root.getChildNamed('received')
    : root.createLocalSubfolder('received');
  return folder.QueryInterface(Ci.nsIMsgLocalMailFolder).addMessage(raw);
}

/** The mail in a window of its own, once Thunderbird has decrypted, verified and rendered it. */
async function open(header) {
  const opened = window.openDialog(
    'chrome://messenger/content/messageWindow.xhtml',
    '_blank',
    'all,chrome,dialog=no,status,toolbar',
    header,
    null,
  );
  await once(opened, 'load');
  const frame = opened.document.getElementById('messageBrowser');
  // It does not bubble; the window around hears it on its way in.
  await new Promise((resolve) =>
    opened.addEventListener('openpgpprocessed', () => frame.contentWindow.msgLoaded && resolve(), { capture: true }),
  );
  return { opened, inside: frame.contentWindow };
}

/** What a user sees of a mail. */
async function show({ raw }) {
  const header = receive(raw);
  const { opened, inside } = await open(header);
  const icon = (id) => {
    const image = inside.document.getElementById(id);
    return image.hidden ? null : /message-\w+-(\w+)\.svg/.exec(image.src)[1];
  };
  const pane = inside.document.getElementById('messagepane').contentDocument;
  const seen = {
    subject: inside.document.getElementById('expandedsubjectBox').value.textContent,
    listed: header.mime2DecodedSubject,
    text: [...pane.body.children]
      .filter((part) => !part.matches('.moz-main-header'))
      .map((part) => part.innerText)
      .join('\n'),
    encrypted: icon('encryptedHdrIcon'),
    signed: icon('signedHdrIcon'),
    signer: EnigmailKeyRing.getKeyById(inside.Enigmail.hdrView.msgSignatureKeyId)?.fpr ?? null,
    attachments: inside.currentAttachments.map(({ name, contentType }) => ({ name, contentType })),
  };
  opened.close();
  return seen;
}

/** Resolves with the next compose window, once it is ready for typing. */
function nextComposer() {
  return new Promise((resolve) => {
    const watcher = {
      observe(opened, topic) {
        if (topic !== 'domwindowopened') return;
        opened.addEventListener(
          'load',
          () => {
            if (!opened.location.href.endsWith('/messengercompose.xhtml')) return;
            Services.ww.unregisterNotification(watcher);
            opened.addEventListener('compose-editor-ready', () => resolve(opened), { once: true });
          },
          { once: true },
        );
      },
    };
    Services.ww.registerNotification(watcher);
  });
}

/** Resolves once Thunderbird has settled what it does about keys, for the recipients and choices as they are. */
async function settled(composer) {
  const checked = once(composer.document, 'encryption-state-checked');
  composer.checkEncryptionState();
  await checked;
}

/** Types and sends. `encrypt` and `sign` not told: as Thunderbird chooses; `subject` not told: what stands there. */
async function finish(composer, { subject, text, html, encrypt, sign, files = [] }) {
  await settled(composer);
  if (encrypt !== undefined && encrypt !== composer.gSendEncrypted) composer.toggleEncryptMessage();
  await settled(composer);
  if (sign !== undefined && sign !== composer.gSendSigned) composer.toggleGlobalSignMessage();
  if (subject !== undefined) composer.document.getElementById('msgSubject').value = subject;
  const editor = composer.GetCurrentEditor();
  if (html === undefined) editor.insertText(text);
  else editor.QueryInterface(Ci.nsIHTMLEditor).insertHTML(html);
  const attachments = files.map(({ path, type }) => {
    const attachment = Cc['@mozilla.org/messengercompose/attachment;1'].createInstance(Ci.nsIMsgAttachment);
    attachment.url = Services.io.newFileURI(new composer.FileUtils.File(path)).spec;
    attachment.contentType = type;
    return attachment;
  });
  if (attachments.length > 0) await composer.AddAttachments(attachments);
  let sent = false;
  composer.addEventListener('aftersend', () => (sent = true));
  const closed = once(composer, 'unload');
  await composer.GenericSendMessage(Ci.nsIMsgCompDeliverMode.Now);
  if (!sent) throw new Error(`Thunderbird does not send it; without a key: ${composer.gEmailsWithMissingKeys}`);
  await closed;
}

/** The user writes a new mail. */
async function send({ from, to, ...content }) {
  const params = Cc['@mozilla.org/messengercompose/composeparams;1'].createInstance(Ci.nsIMsgComposeParams);
  params.composeFields = Cc['@mozilla.org/messengercompose/composefields;1'].createInstance(Ci.nsIMsgCompFields);
  params.composeFields.to = to;
  params.identity = MailServices.accounts.allIdentities.find(({ email }) => email === from);
  params.format = content.html === undefined ? Ci.nsIMsgCompFormat.PlainText : Ci.nsIMsgCompFormat.HTML;
  const composer = nextComposer();
  MailServices.compose.OpenComposeWindowWithParams(null, params);
  await finish(await composer, content);
}

/** The user opens a mail and presses Reply. */
async function reply({ raw, by, ...content }) {
  const identity = MailServices.accounts.allIdentities.find(({ email }) => email === by);
  identity.composeHtml = content.html !== undefined;
  const { opened, inside } = await open(receive(raw));
  const composer = nextComposer();
  inside.commandController.doCommand('cmd_replySender');
  await finish(await composer, content);
  opened.close();
}

globalThis.steps = { createLocalFolders, createAccount, acceptKey, show, send, reply };
