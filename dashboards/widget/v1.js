// @ts-check
// <hexroute-conversion>: one script tag embeds it in any page. No build, no dependency: the parts are modules beside it.
{
  const script = document.currentScript
  const source = script instanceof HTMLScriptElement && script.src ? script.src : `${location.origin}/widget/v1.js`
  const define = async () => {
    const { HexrouteConversion } = /** @type {typeof import('./element.js')} */ (
      await import(new URL('element.js', source).href)
    )
    HexrouteConversion.home = new URL('..', source).href
    if (!customElements.get('hexroute-conversion')) customElements.define('hexroute-conversion', HexrouteConversion)
  }
  void define()
}
