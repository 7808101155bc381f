"""What ECMA-376 says of attributes: numbers, yes or no, and what holds where a file leaves one out."""

from __future__ import annotations

import math
from functools import cache

#: Elements by local name, before the colon, with their attributes; `?` marks those that say yes or no, `#` numbers, and
#: behind `=` stands the default. A parent is named where the same element means different things. From the schemas of
#: part 4 (transitional): spreadsheets, their drawings, charts, DrawingML; what Excel 2010 added to conditional formats
#: and sparklines; and what holds without `pageMargins` and `sheetFormatPr`. Texts without a default
#: are left out.
_ATTRIBUTES = """
DataBinding: ConnectionID# DataBindingLoadMode# FileBinding?
Map: Append? AutoFit? ID# PreserveFormat? PreserveSortAFLayout? ShowImportExportValidationErrors?
alignment: indent# justifyLastLine? readingOrder# relativeIndent# shrinkToFit? textRotation# wrapText?
alphaModFix: amt=100%
alphaOutset: rad=0
anchor: moveWithCells?=0 sizeWithCells?=0
applyToEnd applyToFront applyToSides auto autoTitleDeleted autoUpdate bubble3D chartObject condense data date1904
  delete dispEq dispRSqr extend formatting invertIfNegative marker noEndCap noMultiLvlLbl outline overlay plotVisOnly
  rAngAx roundedCorners shadow showBubbleSize showCatName showDLblsOverMax showHorzBorder showKeys showLeaderLines
  showLegendKey showNegBubbles showOutline showPercent showSerName showVal showVertBorder smooth strike userInterface
  varyColors wireframe: val?=1
areaChart/grouping lineChart/grouping line3DChart/grouping area3DChart/grouping radarStyle: val=standard
axId backward buSzPts charset crossAx crossesAt custUnit explosion family fmtId forward h hue hueOff idx intercept
  logBase majorUnit max min minorUnit ser/order pictureStackUnit ptCount secondPiePt sheetId spcPts splitPos style sz
  tickLblSkip tickMarkSkip val w x y: val#
b: cp# f? u? v? val?=1
bar3DChart/grouping barChart/grouping: val=clustered
barDir: val=col
baseTimeUnit majorTimeUnit minorTimeUnit: val=days
bevel bevelB bevelT: h#=76200 prst=circle w#=76200
bgColor color fgColor tabColor: auto? indexed# theme# tint#=0.0
blip: cstate=none
blipFill: dpi# rotWithShape?
blur: grow?=1 rad#=0
bodyPr: anchorCtr? compatLnSpc? forceAA? fromWordArt? numCol# rot# rtlCol? spcCol# spcFirstLastPara? upright?=0
border: diagonalDown? diagonalUp? outline?=1
borders cacheFields cacheHierarchies calculatedItems calculatedMembers cellStyleXfs cellStyles cellXfs
  colHierarchiesUsage colItems dataFields dataRefs dimensions discretePr dxfs entries fieldsUsage fills fonts
  groupItems groupLevels groupMembers groups items kpis maps measureGroups mergeCells mps numFmts page pageFields
  pages parameters pivotAreas pivotCacheRecords pivotFields pivotHierarchies queryCache queryTableDeletedFields
  rangeSets references reviewedList rowHierarchiesUsage rowItems serverFormats sets sheetIdMap tableColumns tableParts
  tableStyles tables users webPublishItems webPublishObjects: count#
bottom diagonal end horizontal left right start top vertical: style=none
brk: id#=0 man?=0 max#=0 min#=0 pt?=0
buAutoNum: startAt#=1
buFont cs ea latin sym: charset#=1 pitchFamily=0
bubbleScale depthPercent hPercent lblOffset: val=100%
builtInUnit: val=thousands
c: a?=0 cm#=0 l?=0 ph?=0 s#=0 t=n vm#=0
cNvPicPr: preferRelativeResize?=1
cNvPr: descr= hidden?=0 id# title=
cNvSpPr: txBox?=0
cacheField: databaseField?=1 hierarchy#=0 level#=0 mappingCount# memberPropertyField?=0 numFmtId# serverField?=0
  sqlType#=0 uniqueList?=1
cacheHierarchy: attribute?=0 count# hidden?=0 iconSet#=0 keyAttribute?=0 measure?=0 measures?=0 memberValueDatatype#
  oneField?=0 parentSet# set?=0 time?=0 unbalanced? unbalancedGroup?
cacheSource: connectionId#=0
calcPr: calcCompleted?=1 calcId# calcMode=auto calcOnSave?=1 concurrentCalc?=1 concurrentManualCount# forceFullCalc?=0
  fullCalcOnLoad?=0 fullPrecision?=1 iterate?=0 iterateCount#=100 iterateDelta#=0.001 refMode=A1
calculatedColumnFormula totalsRowFormula: array?=0
calculatedItem: field#
calculatedMember: set?=0 solveOrder#=0
camera: fov# zoom=100%
cell3D: prstMaterial=plastic
cell: t=n vm#=0
cellMetadata chartFormats colFields conditionalFormats formats futureMetadata mdxMetadata metadataStrings
  metadataTypes queryTableFields rowFields valueMetadata: count#=0
cellSmartTag: deleted?=0 type# xmlBased?=0
cellStyle: builtinId# customBuiltin? hidden? iLevel# xfId#
cfRule: aboveAverage?=1 bottom?=0 dxfId# equalAverage?=0 percent?=0 priority# rank# stdDev# stopIfTrue?=0
cfvo: gte?=1
chExt ext: cx# cy#
chartFormat: chart# format# series?=0
clientData: fLocksWithSheet?=1 fPrintsWithSheet?=1
clrChange: useA?=1
col: bestFit?=0 collapsed?=0 customWidth?=0 hidden?=0 max# min# outlineLevel#=0 phonetic?=0 style#=0 width#
colBreaks rowBreaks: count#=0 manualBreakCount#=0
colHierarchyUsage rowHierarchyUsage: hierarchyUsage#
colorFilter: cellColor?=1 dxfId#
comment: authorId# shapeId#
commentPr: autoFill?=1 autoLine?=1 autoScale?=0 defaultSize?=1 disabled?=0 justLastX?=0 lockText?=1 locked?=1 print?=1
  textHAlign=left textVAlign=top
conditionalFormat: priority# scope=selection type=none
conditionalFormatting: pivot?=0
connection: background?=0 credentials=integrated deleted?=0 id# interval#=0 keepAlive?=0 minRefreshableVersion#=0
  new?=0 onlyUseConnectionFile?=0 reconnectionMethod#=1 refreshOnLoad?=0 refreshedVersion# saveData?=0 savePassword?=0
  type#
consolidation: autoPage?=1
cont effectDag: type=sib
control: shapeId#
controlPr: autoFill?=1 autoLine?=1 autoPict?=1 cf=pict defaultSize?=1 disabled?=0 locked?=1 print?=1 recalcAlways?=0
  uiObject?=0
custClr fmtScheme snd theme: name=
customFilter: operator=equal
customFilters: and?=0
customSheetView: colorId#=64 filter?=0 filterUnique?=0 fitToPage?=0 hiddenColumns?=0 hiddenRows?=0 outlineSymbols?=1
  printArea?=0 scale#=100 showAutoFilter?=0 showFormulas?=0 showGridLines?=1 showPageBreaks?=0 showRowCol?=1
  showRuler?=1 state=visible view=normal zeroValues?=1 zoomToFit?=0
customWorkbookView: activeSheetId# autoUpdate?=0 changesSavedWin?=0 includeHiddenRowCol?=1 includePrintSettings?=1
  maximized?=0 mergeInterval# minimized?=0 onlySync?=0 personalView?=0 showComments=commIndicator showFormulaBar?=1
  showHorizontalScroll?=1 showObjects=all showSheetTabs?=1 showStatusbar?=1 showVerticalScroll?=1 tabRatio#=600
  windowHeight# windowWidth# xWindow#=0 yWindow#=0
cxnSp graphicFrame: fPublished?=0
cxnSpLocks: noAdjustHandles?=0 noChangeArrowheads?=0 noChangeAspect?=0 noChangeShapeType?=0 noEditPoints?=0 noGrp?=0
  noMove?=0 noResize?=0 noRot?=0 noSelect?=0
d: cp# f? u?
dataBar: maxLength#=90 minLength#=10 showValue?=1 axisPosition=automatic border?=0 direction=context gradient?=1
  negativeBarBorderColorSameAsPositive?=1 negativeBarColorSameAsPositive?=0
dataConsolidate: function=sum leftLabels?=0 link?=0 startLabels?=0 topLabels?=0
dataField: baseField#=-1 baseItem#=1048832 fld# numFmtId# showDataAs=normal subtotal=sum
dataValidation: allowBlank?=0 errorStyle=stop imeMode=noControl operator=between showDropDown?=0 showErrorMessage?=0
  showInputMessage?=0 type=none
dataValidations: count# disablePrompts?=0 xWindow# yWindow#
dateGroupItem: day# hour# minute# month# second# year#
dbPr: commandType#=2
ddeItem: advise?=0 name=0 ole?=0 preferPic?=0
defPPr lvl1pPr lvl2pPr lvl3pPr lvl4pPr lvl5pPr lvl6pPr lvl7pPr lvl8pPr lvl9pPr pPr: eaLnBrk? hangingPunct? indent#
  latinLnBrk? lvl# marL# marR# rtl?
defRPr endParaRPr rPr: b? dirty?=1 err?=0 i? kern# kumimoji? noProof? normalizeH? smtClean?=1 smtId#=0 sz#
definedName: function?=0 functionGroupId# hidden?=0 localSheetId# publishToServer?=0 sheetId# vbProcedure?=0
  workbookParameter?=0 xlm?=0
dimension: measure?=0
dispBlanksAs: val=zero
drawingHF: cfe# cff# cfo# che# chf# cho# lfe# lff# lfo# lhe# lhf# lho# rfe# rff# rfo# rhe# rhf# rho#
dynamicFilter: maxVal# val#
e m s: b?=0 cp# f? i?=0 in# st?=0 u? un?=0
effectRef fillRef lnRef pt: idx#
endCxn stCxn: id# idx#
errBarType: val=both
errValType: val=fixedVal
f: aca?=0 bx?=0 ca?=0 del1?=0 del2?=0 dt2D?=0 dtr?=0 si# t=normal
field fieldUsage: x#
fieldGroup: base# par#
fileRecoveryPr: autoRecover?=1 crashSave?=0 dataExtractLoad?=0 repairLoad?=0
fileSharing: readOnlyRecommended?=0 spinCount#
fillRect fillToRect srcRect tileRect: b=0% l=0% r=0% t=0%
filter: evalOrder#=0 fld# iMeasureFld# iMeasureHier# id# mpFld#
filterColumn: colId# hiddenButton?=0 showButton?=1
filters: blank?=0 calendarType=none count#=0
firstSliceAng rotX rotY: val#=0
flatTx: z=0
format: action=formatting dxfId#
functionGroups: builtInGroupCount#=16
gapDepth gapWidth: val=150%
glow: rad#=0
gradFill: rotWithShape?
gradientFill: bottom#=0 degree#=0 left#=0 right#=0 top#=0 type=linear
graphicFrameLocks: noChangeAspect?=0 noDrilldown?=0 noGrp?=0 noMove?=0 noResize?=0 noSelect?=0
group userInfo xmlCellPr: id#
groupLevel: customRollUp?=0 user?=0
groupMember: group?=0
grpSpLocks: noChangeAspect?=0 noGrp?=0 noMove?=0 noResize?=0 noRot?=0 noSelect?=0 noUngrp?=0
hMode wMode xMode yMode: val=factor
header: maxRId# maxSheetId# minRId#
headerFooter: alignWithMargins?=1 differentFirst?=0 differentOddEven?=0 scaleWithDoc?=1
headers: diskRevisions?=0 exclusive?=0 history?=1 keepChangeHistory?=1 preserveHistory#=30 protected?=0 revisionId#=0
  shared?=1 trackRevisions?=1 version#=1
hlinkClick hlinkHover hlinkMouseOver: action= endSnd?=0 highlightClick?=0 history?=1 invalidUrl= tgtFrame= tooltip=
holeSize: val=10%
hsl: hue#=0 lum=0% sat=0%
hslClr: hue#
i: i#=0 r#=0 t=data val?=1
iconFilter: iconId#
iconSet: iconSet=3TrafficLights1 percent?=1 reverse?=0 showValue?=1 custom?=0
ignoredError: calculatedColumn?=0 emptyCellReference?=0 evalError?=0 formula?=0 formulaRange?=0 listDataValidation?=0
  numberStoredAsText?=0 twoDigitTextYear?=0 unlockedFormula?=0
innerShdw: blurRad#=0 dir#=0 dist#=0
inputCells: deleted?=0 numFmtId# undone?=0
item: c?=0 d?=0 e?=1 f?=0 h?=0 m?=0 s?=0 sd?=1 t=data x#
k p: n# np#
layoutTarget: val=outer
legendPos: val=r
lin: ang# scaled?
ln lnB lnBlToTr lnL lnR lnT lnTlToBr uLn: w#
location: colPageCount#=0 firstDataCol# firstDataRow# firstHeaderRow# rowPageCount#=0
lum: bright=0% contrast=0%
majorTickMark minorTickMark: val=cross
map: dimension# measureGroup#
mdx: n#
members: count# level#
metadataType: adjust?=0 assign?=0 cellMeta?=0 clearAll?=0 clearComments?=0 clearContents?=0 clearFormats?=0 coerce?=0
  copy?=0 delete?=0 edit?=0 ghostCol?=0 ghostRow?=0 merge?=0 minSupportedVersion# pasteAll?=0 pasteBorders?=0
  pasteColWidths?=0 pasteComments?=0 pasteDataValidation?=0 pasteFormats?=0 pasteFormulas?=0 pasteNumberFormats?=0
  pasteValues?=0 rowColShift?=0 splitAll?=0 splitFirst?=0
mp: field# level# nameLen# pLen# pPos# showAsCaption?=0 showCell?=0 showTip?=0
mpMap d/x i/x s/x m/x n/x b/x e/x: v#=0
ms: c#=0 ns# o=u
n: b?=0 cp# f? i?=0 in# s?=0 st?=0 u? un?=0 v# x#
nc oc: cm#=0 ph?=0 s#=0 t=n vm#=0
normAutofit: fontScale=100% lnSpcReduction=0%
numFmt: numFmtId# sourceLinked?
objectPr: autoFill?=1 autoLine?=1 autoPict?=1 dde?=0 defaultSize?=1 disabled?=0 locked?=1 print?=1 uiObject?=0
ofPieType: val=pie
olapPr: local?=0 localRefresh?=1 rowDrillCount# sendLocale?=0 serverFill?=1 serverFont?=1 serverFontColor?=1
  serverNumberFormat?=1
oleItem: advise?=0 icon?=0 preferPic?=0
oleObject: autoLoad?=0 dvAspect=DVASPECT_CONTENT shapeId#
orientation: val=minMax
outerShdw: algn=b blurRad#=0 dir#=0 dist#=0 kx#=0 ky#=0 rotWithShape?=1 sx=100% sy=100%
outlinePr: applyStyles?=0 showOutlineSymbols?=1 summaryBelow?=1 summaryRight?=1
overlap: val=0%
pageField tpl: fld# hier# item#
cxnSp graphicFrame pic sp: macro= textlink=
pageMargins: b# bottom#=1 footer#=0.5 header#=0.5 l# left#=0.75 r# right#=0.75 t# top#=1
pageSetUpPr: autoPageBreaks?=1 fitToPage?=0
pageSetup: blackAndWhite?=0 cellComments=none copies#=1 draft?=0 errors=displayed firstPageNumber#=1 fitToHeight#=1
  fitToWidth#=1 horizontalDpi#=600 orientation=portrait pageOrder=downThenOver paperSize#=1 scale#=100
  useFirstPageNumber?=0 usePrinterDefaults?=1 verticalDpi#=600
pane: activePane=topLeft state=split xSplit#=0 ySplit#=0
parameter: boolean? double# integer# parameterType=prompt refreshOnChange?=0 sqlType#=0
path: extrusionOk?=1 fill=norm h#=0 stroke?=1 w#=0
perspective: val#=30
phoneticPr: alignment=left fontId# type=fullwidthKatakana
pic: fPublished?=0 macro=
picLocks: noAdjustHandles?=0 noChangeArrowheads?=0 noChangeAspect?=0 noChangeShapeType?=0 noCrop?=0 noEditPoints?=0
  noGrp?=0 noMove?=0 noResize?=0 noRot?=0 noSelect?=0
pivotArea: cacheIndex?=0 collapsedLevelsAreSubtotals?=0 dataOnly?=1 field# fieldPosition# grandCol?=0 grandRow?=0
  labelOnly?=0 outline?=1 type=normal
pivotCache: cacheId#
pivotCacheDefinition: backgroundQuery?=0 createdVersion#=0 enableRefresh?=1 invalid?=0 minRefreshableVersion#=0
  missingItemsLimit# optimizeMemory?=0 recordCount# refreshOnLoad?=0 refreshedDate# refreshedVersion#=0 saveData?=1
  supportAdvancedDrill?=0 supportSubquery?=0 tupleCache?=0 upgradeOnRefresh?=0
pivotField: allDrilled?=0 autoShow?=0 avgSubtotal?=0 compact?=1 countASubtotal?=0 countSubtotal?=0 dataField?=0
  dataSourceSort? defaultAttributeDrillState?=0 defaultSubtotal?=1 dragOff?=1 dragToCol?=1 dragToData?=1 dragToPage?=1
  dragToRow?=1 hiddenLevel?=0 hideNewItems?=0 includeNewItemsInFilter?=0 insertBlankRow?=0 insertPageBreak?=0
  itemPageCount#=10 maxSubtotal?=0 measureFilter?=0 minSubtotal?=0 multipleItemSelectionAllowed?=0
  nonAutoSortDefault?=0 numFmtId# outline?=1 productSubtotal?=0 rankBy# serverField?=0 showAll?=1 showDropDowns?=1
  showPropAsCaption?=0 showPropCell?=0 showPropTip?=0 sortType=manual stdDevPSubtotal?=0 stdDevSubtotal?=0
  subtotalTop?=1 sumSubtotal?=0 topAutoShow?=1 varPSubtotal?=0 varSubtotal?=0
pivotHierarchy: dragOff?=1 dragToCol?=1 dragToData?=0 dragToPage?=1 dragToRow?=1 includeNewItemsInFilter?=0
  multipleItemSelectionAllowed?=0 outline?=0 showInFieldList?=1 subtotalTop?=0
pivotSelection: activeCol#=0 activeRow#=0 click#=0 count#=0 data?=0 dimension#=0 extendable?=0 label?=0 max#=0 min#=0
  pane=topLeft previousCol#=0 previousRow#=0 showHeader?=0 start#=0
pivotTableDefinition: applyAlignmentFormats? applyBorderFormats? applyFontFormats? applyNumberFormats?
  applyPatternFormats? applyWidthHeightFormats? asteriskTotals?=0 autoFormatId# cacheId# chartFormat#=0
  colGrandTotals?=1 compact?=1 compactData?=1 createdVersion#=0 customListSort?=1 dataOnRows?=0 dataPosition#
  disableFieldList?=0 editData?=0 enableDrill?=1 enableFieldProperties?=1 enableWizard?=1 fieldListSortAscending?=0
  fieldPrintTitles?=0 gridDropZones?=0 immersive?=1 indent#=1 itemPrintTitles?=0 mdxSubqueries?=0 mergeItem?=0
  minRefreshableVersion#=0 multipleFieldFilters?=1 outline?=0 outlineData?=0 pageOverThenDown?=0 pageWrap#=0
  preserveFormatting?=1 printDrill?=0 published?=0 rowGrandTotals?=1 showCalcMbrs?=1 showDataDropDown?=1
  showDataTips?=1 showDrill?=1 showDropZones?=1 showEmptyCol?=0 showEmptyRow?=0 showError?=0 showHeaders?=1
  showItems?=1 showMemberPropertyTips?=1 showMissing?=1 showMultipleLabel?=1 subtotalHiddenItems?=0 updatedVersion#=0
  useAutoFormatting?=0 visualTotals?=1
pivotTableStyleInfo: showColHeaders? showColStripes? showLastColumn? showRowHeaders? showRowStripes?
printOptions: gridLines?=0 gridLinesSet?=1 headings?=0 horizontalCentered?=0 verticalCentered?=0
protectedRange: spinCount#
protection: hidden? locked?
prstShdw: dir#=0 dist#=0
queryTable: adjustColumnWidth?=1 applyAlignmentFormats? applyBorderFormats? applyFontFormats? applyNumberFormats?
  applyPatternFormats? applyWidthHeightFormats? autoFormatId# backgroundRefresh?=1 connectionId# disableEdit?=0
  disableRefresh?=0 fillFormulas?=0 firstBackgroundRefresh?=0 growShrinkType=insertDelete headers?=1 intermediate?=0
  preserveFormatting?=1 refreshOnLoad?=0 removeDataOnSave?=0 rowNumbers?=0
queryTableField: clipped?=0 dataBound?=1 fillFormulas?=0 id# rowNumbers?=0 tableColumnId#=0
queryTableRefresh: fieldIdWrapped?=0 headersInLastRefresh?=1 minimumVersion#=0 nextId#=1 preserveSortFilterLayout?=1
  unboundColumnsLeft#=0 unboundColumnsRight#=0
r/x reference/x discretePr/x tables/x: v#
rPh: eb# sb#
raf: applyAlignmentFormats? applyBorderFormats? applyFontFormats? applyNumberFormats? applyPatternFormats?
  applyWidthHeightFormats? autoFormatId# sheetId#
rangePr: autoEnd?=1 autoStart?=1 endNum# groupBy=range groupInterval#=1 startNum#
rangeSet: i1# i2# i3# i4#
rc: t# v#
rcc: dxf?=0 endOfListFormulaUpdate?=0 numFmtId# odxf?=0 oldPh?=0 oldQuotePrefix?=0 ph?=0 quotePrefix?=0 rId# ra?=0
  s?=0 sId# ua?=0 xfDxf?=0
rcft rsnm: rId# ra?=0 sheetId# ua?=0
rcmt: action=add alwaysShow?=0 hiddenColumn?=0 hiddenRow?=0 newLength#=0 old?=0 oldLength#=0 sheetId#
rdn: customView?=0 function?=0 functionGroupId# hidden?=0 localSheetId# oldFunction?=0 oldFunctionGroupId#
  oldHidden?=0 oldShortcutKey# rId# ra?=0 shortcutKey# ua?=0
reference: avgSubtotal?=0 byPosition?=0 count# countASubtotal?=0 countSubtotal?=0 defaultSubtotal?=0 field#
  maxSubtotal?=0 minSubtotal?=0 productSubtotal?=0 relative?=0 selected?=1 stdDevPSubtotal?=0 stdDevSubtotal?=0
  sumSubtotal?=0 varPSubtotal?=0 varSubtotal?=0
reflection: algn=b blurRad#=0 dir#=0 dist#=0 endA=0% endPos=100% fadeDir#=5400000 kx#=0 ky#=0 rotWithShape?=1 stA=100%
  stPos=0% sx=100% sy=100%
relOff: tx=0% ty=0%
reviewed: rId#
rfmt: length# s?=0 sheetId# start# xfDxf?=0
ris: rId# ra?=0 sheetId# sheetPosition# ua?=0
rm: rId# ra?=0 sheetId# sourceSheetId#=0 ua?=0
rot: lat# lon# rev#
row: collapsed?=0 customFormat?=0 customHeight?=0 hidden?=0 ht# outlineLevel#=0 ph?=0 r# s#=0 thickBot?=0 thickTop?=0
rqt: fieldId# sheetId#
rrc: edge?=0 eol?=0 rId# ra?=0 sId# ua?=0
rtl: val?=0
scatterStyle: val=marker
scenario: count# hidden?=0 locked?=0
scenarios: current# show#
secondPieSize: val=75%
selection: activeCellId#=0 pane=topLeft sqref=A1 val?=1
set: count# maxRank# queryFailed?=0 sortType=none
shape: val=box
sharedItems: containsBlank?=0 containsDate?=0 containsInteger?=0 containsMixedTypes?=0 containsNonDate?=1
  containsNumber?=0 containsSemiMixedTypes?=1 containsString?=1 count# longText?=0 maxValue# minValue#
sheet: sheetId# state=visible
sheetCalcPr: fullCalcOnLoad?=0
sheetData: refreshError?=0 sheetId#
sheetFormatPr: baseColWidth#=8 customHeight?=0 defaultColWidth# defaultRowHeight#=15 outlineLevelCol#=0
  outlineLevelRow#=0 thickBottom?=0 thickTop?=0 zeroHeight?=0
sheetPr: enableFormatConditionsCalculation?=1 filterMode?=0 published?=1 syncHorizontal?=0 syncVertical?=0
  transitionEntry?=0 transitionEvaluation?=0
sheetProtection: autoFilter?=1 content?=0 deleteColumns?=1 deleteRows?=1 formatCells?=1 formatColumns?=1 formatRows?=1
  insertColumns?=1 insertHyperlinks?=1 insertRows?=1 objects?=0 pivotTables?=1 scenarios?=0 selectLockedCells?=0
  selectUnlockedCells?=0 sheet?=0 sort?=1 spinCount#
sheetView: colorId#=64 defaultGridColor?=1 rightToLeft?=0 showFormulas?=0 showGridLines?=1 showOutlineSymbols?=1
  showRowColHeaders?=1 showRuler?=1 showWhiteSpace?=1 showZeros?=1 tabSelected?=0 view=normal windowProtection?=0
  workbookViewId# zoomScale#=100 zoomScaleNormal#=0 zoomScalePageLayoutView#=0 zoomScaleSheetLayoutView#=0
  zoomToFit?=0
singleXmlCell: connectionId# id#
size: val#=5
sizeRepresents: val=area
smartTagPr: embed?=0 show=all
softEdge: rad#
sortByTuple tpls: c#
sortCondition: descending?=0 dxfId# iconId# iconSet=3Arrows sortBy=value
sortState: caseSensitive?=0 columnSort?=0 sortMethod=none
sp3d: contourW#=0 extrusionH#=0 prstMaterial=warmMatte z=0
sp: fLocksText?=1 fPublished?=0
spLocks: noAdjustHandles?=0 noChangeArrowheads?=0 noChangeAspect?=0 noChangeShapeType?=0 noEditPoints?=0 noGrp?=0
  noMove?=0 noResize?=0 noRot?=0 noSelect?=0 noTextEdit?=0
sparklineGroup: dateAxis?=0 displayEmptyCellsAs=zero displayHidden?=0 displayXAxis?=0 first?=0 high?=0 last?=0
  lineWeight#=0.75 low?=0 manualMax# manualMin# markers?=0 maxAxisType=individual minAxisType=individual negative?=0
  rightToLeft?=0 type=line
splitType: val=auto
sst: count# uniqueCount#
stop: position#
t: b?=0 c#=0 fi# i?=0 si# st?=0 u?=0
table: connectionId# dataDxfId# headerRowBorderDxfId# headerRowCount#=1 headerRowDxfId# id# insertRow?=0
  insertRowShift?=0 published?=0 tableBorderDxfId# tableType=worksheet totalsRowBorderDxfId# totalsRowCount#=0
  totalsRowDxfId# totalsRowShown?=1
tableColumn: dataDxfId# headerRowDxfId# id# queryTableFieldId# totalsRowDxfId# totalsRowFunction=none
tableStyle: count# pivot?=1 table?=1
tableStyleElement: dxfId# size#=1
tableStyleInfo: showColumnStripes? showFirstColumn? showLastColumn? showRowStripes?
tblPr: bandCol?=0 bandRow?=0 firstCol?=0 firstRow?=0 lastCol?=0 lastRow?=0 rtl?=0
tc: gridSpan#=1 hMerge?=0 rowSpan#=1 vMerge?=0
tcPr: anchor=t anchorCtr?=0 horzOverflow=clip marB=45720 marL=91440 marR=91440 marT=45720 vert=horz
tcTxStyle: b=def i=def
textField: position#=0 type=general
textFields: count#=1
textPr: codePage#=1252 comma?=0 consecutive?=0 decimal=. delimited?=1 fileType=win firstRow#=1 prompt?=1
  qualifier=doubleQuote semicolon?=0 sourceFile= space?=0 tab?=1 thousands=,
tickLblPos: val=nextTo
tint: amt=0% hue#=0
top10: filterVal# percent?=0 top?=1 val#
tp value: t=n
tr: s#
trendline/order period: val#=2
trendlineType: val=linear
twoCellAnchor: editAs=twoCell
u: val=single
undo: array?=0 cs?=0 index# nf?=0 ref3D?=0 sId# v?=0
values: cols#=1 rows#=1
webPr: consecutive?=0 firstRow?=0 htmlFormat=none htmlTables?=0 parsePre?=0 sourceData?=0 textDates?=0 xl2000?=0
  xl97?=0 xml?=0
webPublishItem webPublishObject: autoRepublish?=0 id#
webPublishing: allowPng?=0 codePage# css?=1 dpi#=96 longFileNames?=1 targetScreenSize=800x600 thicket?=1 vml?=0
workbookPr: allowRefreshQuery?=0 autoCompressPictures?=1 backupFile?=0 checkCompatibility?=0 date1904?=0
  defaultThemeVersion# filterPrivacy?=0 hidePivotFieldList?=0 promptedSolutions?=0 publishItems?=0
  refreshAllConnections?=0 saveExternalLinkValues?=1 showBorderUnselectedTables?=1 showInkAnnotation?=1
  showObjects=all showPivotChartFilter?=0 updateLinks=userSet
workbookProtection: lockRevision?=0 lockStructure?=0 lockWindows?=0 revisionsSpinCount# workbookSpinCount#
workbookView: activeTab#=0 autoFilterDateGrouping?=1 firstSheet#=0 minimized?=0 showHorizontalScroll?=1
  showSheetTabs?=1 showVerticalScroll?=1 tabRatio#=600 visibility=visible windowHeight# windowWidth# xWindow# yWindow#
xf: applyAlignment? applyBorder? applyFill? applyFont? applyNumberFormat? applyProtection? borderId# fillId# fontId#
  numFmtId# pivotButton?=0 quotePrefix?=0 xfId#
xfrm: flipH?=0 flipV?=0 kx#=0 ky#=0 rot#=0 sx=100% sy=100% tx=0 ty=0
xmlColumnPr: denormalized?=0 mapId#
xmlPr: mapId#
"""
_YES = {"1": "1", "true": "1", "on": "1", "0": "0", "false": "0", "off": "0"}


@cache
def _table() -> dict[str, dict[str, tuple[str, str | None]]]:
    """By element: by attribute, its type (`?`, `#` or nothing) and its default."""
    table: dict[str, dict[str, tuple[str, str | None]]] = {}
    for line in _ATTRIBUTES.replace("\n  ", " ").strip().splitlines():
        elements, _, attributes = line.partition(": ")
        for element in elements.split():
            known = table.setdefault(element, {})
            for attribute in attributes.split():
                name, is_default, default = attribute.partition("=")
                known[name.rstrip("?#")] = (
                    name[-1] if name[-1] in "?#" else "",
                    _spelt(name[-1], default) if is_default else None,
                )
    return table


def _spelt(kind: str, value: str) -> str:
    if kind == "?":
        return _YES.get(value.strip(), value)
    if kind != "#":
        return value
    try:
        return str(int(value))
    except ValueError:
        pass
    try:
        number = float(value)
    except ValueError:
        return value
    return str(int(number)) if math.isfinite(number) and number == int(number) and abs(number) < 1e15 else repr(number)


def measured(element: str, value: str) -> str:
    """A number of so many digits as lengths have; programs differ in the last of them."""
    if element not in _MEASURES or "." not in value:
        return value
    try:
        return f"{float(value):.12g}"
    except ValueError:
        return value


_MEASURES = ("pageMargins", "sheetFormatPr", "col")


def spelt(parent: str, element: str, attribute: str, value: str) -> str | None:
    """The value of an attribute, in one spelling; None where it says what holds without it.

    >>> spelt("sheetPr", "outlinePr", "summaryBelow", "true") is None
    True
    >>> spelt("worksheet", "pageMargins", "left", "0.70")
    '0.7'
    """
    known = _known(parent, element, attribute)
    if known is None:
        return {"true": "1", "false": "0"}.get(value, value)
    kind, default = known
    value = _spelt(kind, value)
    if kind == "#":
        value = measured(element, value)
    return None if value == default else value


def default(parent: str, element: str, attribute: str) -> str | None:
    """What holds where a file leaves an attribute out; None where the standard names nothing."""
    known = _known(parent, element, attribute)
    return known[1] if known else None


def _known(parent: str, element: str, attribute: str) -> tuple[str, str | None] | None:
    table = _table()
    return table.get(f"{parent}/{element}", {}).get(attribute) or table.get(element, {}).get(attribute)


def is_boolean(element: str, attribute: str) -> bool:
    """Whether an attribute says yes or no."""
    return _table().get(element, {}).get(attribute, ("", None))[0] == "?"
